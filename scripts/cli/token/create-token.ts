import { SignJWT } from 'jose';
import { CALLER_CLAIM, DEVELOPMENT_TOKENS } from '../../../src/http/authentication/development-tokens.ts';
import { CliError } from '../cli-error.ts';
import { parseAs } from '../parse-as.ts';

const DAY_MS = 24 * 3_600 * 1_000;
const DEFAULT_DAYS = 30;

interface TokenOptions {
  /** `<role> {claims as JSON}`. */
  readonly as: string;
  readonly expires?: string;
  readonly json: boolean;
}

/** Prints a token for `npm start` and `npm run dev`, which trust the public secret that it is signed with. */
export async function createToken({ as, expires, json }: TokenOptions): Promise<void> {
  parseAs(as);
  const expiresAt = new Date(expires ?? Date.now() + DEFAULT_DAYS * DAY_MS);
  if (!(expiresAt.getTime() > Date.now())) {
    throw new CliError(`Expected --expires to be a moment to come in ISO 8601, but got "${expires}".`);
  }
  const token = await signDevelopmentToken(as, expiresAt);
  if (json) console.log(JSON.stringify({ as, token, expiresAt: expiresAt.toISOString() }));
  else {
    console.log(token);
    console.error('Send it as "Authorization: Bearer <token>" to npm start or npm run dev: no deployment accepts it.');
  }
}

/** @param as `<role> {claims as JSON}` */
export function signDevelopmentToken(as: string, expiresAt: Date): Promise<string> {
  const { issuer, audience, algorithms, keys } = DEVELOPMENT_TOKENS;
  return new SignJWT({ [CALLER_CLAIM]: as })
    .setProtectedHeader({ alg: algorithms[0] })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expiresAt)
    .sign(new TextEncoder().encode(keys.secret));
}
