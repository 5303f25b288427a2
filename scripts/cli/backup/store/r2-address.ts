import { CliError } from '../../cli-error.ts';
import type { S3Options } from './s3-client.ts';

const SCHEME = 'r2://';

/** Where in R2 a backup is. */
export interface R2Address extends S3Options {
  /** What the keys of its objects begin with: ends with a slash, or is empty. */
  readonly prefix: string;
}

export const isR2 = (address: string): boolean => address.startsWith(SCHEME);

/** The variables by which the tools of S3 know where R2 is and who asks, and wrangler's own for the account. */
type R2Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads `r2://<bucket>/<prefix>`, and who asks from the environment.
 *
 * @throws CliError for an address of another form, and if the environment does not have all.
 */
export function parseR2Address(address: string, env: R2Env): R2Address {
  const [bucket = '', ...folders] = address.slice(SCHEME.length).replace(/\/$/, '').split('/');
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new CliError(`Expected r2://<bucket>/<prefix> with the name of a bucket, but got "${address}".`);
  }
  if (folders.some((folder) => folder === '' || folder === '.' || folder === '..' || folder.includes('+'))) {
    throw new CliError(`Expected a prefix without empty parts, dots alone or "+", but got "${address}".`);
  }
  return {
    bucket,
    prefix: folders.map((folder) => `${folder}/`).join(''),
    endpoint: endpointOf(env),
    accessKeyId: required(env, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: required(env, 'AWS_SECRET_ACCESS_KEY'),
    ...(env.AWS_SESSION_TOKEN ? { sessionToken: env.AWS_SESSION_TOKEN } : {}),
  };
}

function endpointOf(env: R2Env): string {
  const given = env.AWS_ENDPOINT_URL_S3;
  if (!given) return `https://${required(env, 'CLOUDFLARE_ACCOUNT_ID')}.r2.cloudflarestorage.com`;
  const { protocol, hostname, origin } = URL.canParse(given) ? new URL(given) : new URL('none:');
  if (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname))) return origin;
  throw new CliError(`Expected AWS_ENDPOINT_URL_S3 to be an https address, but got "${given}".`);
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

function required(env: R2Env, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new CliError(
    `Expected ${name} in the environment, but got none. R2 is asked with CLOUDFLARE_ACCOUNT_ID (or AWS_ENDPOINT_URL_S3), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of an R2 API token that may read and write objects.`,
  );
}
