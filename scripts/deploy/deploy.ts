import { buildAssets } from '../cli/build/build-assets.ts';
import { CliError } from '../cli/cli-error.ts';
import { examine, showFinding } from '../cli/doctor/examine.ts';
import { type ConfigFile, type Deployment, readDeployment } from '../project/deployment.ts';
import type { ProjectPaths } from '../project/read-model.ts';
import { runWrangler } from '../project/run-wrangler.ts';
import { deployedTag } from './deployed-tag.ts';
import { fingerprint } from './fingerprint.ts';

export interface DeployOptions extends ProjectPaths {
  readonly env?: string;
  readonly dryRun: boolean;
  readonly forceStorage: boolean;
  /** Passed on to wrangler, for the API. */
  readonly wranglerArgs: readonly string[];
}

/** Gives an exit code. Throws `CliError` that says what keeps it from being deployed. */
export async function deploy(options: DeployOptions): Promise<number> {
  const { env = '', dryRun, wranglerArgs } = options;
  const deployment = readDeployment(options.config, env);
  const findings = await examine(options);
  for (const finding of findings) console.log(showFinding(finding));
  if (findings.some(({ problems }) => problems.length > 0)) return 1;
  if (!dryRun) requireSetUp(deployment);
  const { api, storage } = deployment;
  // Static files without this binding are the user's alone.
  if (api.config.assets?.binding === 'ASSETS') console.log(await buildAssets(options.config, env));
  if (storage !== null) {
    const code = await deployStorage(storage, env, options);
    if (code !== 0) return code;
  }
  return await runWrangler(['deploy', ...argsOf(api, env), ...(dryRun ? ['--dry-run'] : []), ...wranglerArgs]);
}

/** The shards first: they understand the API of before, and an API may ask for what only its own release's shards know. */
async function deployStorage(
  storage: ConfigFile,
  env: string,
  { dryRun, forceStorage }: DeployOptions,
): Promise<number> {
  const tag = await fingerprint(storage);
  if (!dryRun && !forceStorage && (await deployedTag(argsOf(storage, env))) === tag) {
    console.log(`${storage.config.name} is deployed as it is here: its shards are left alone.`);
    return 0;
  }
  return await runWrangler(['deploy', ...argsOf(storage, env), '--tag', tag, ...(dryRun ? ['--dry-run'] : [])]);
}

/** A deploy would give each Worker a KV namespace of its own: cached answers would stay after writes. */
function requireSetUp({ env, api, storage }: Deployment): void {
  if (storage === null) return;
  const lacking = [storage, api].find(({ config }) =>
    config.kv_namespaces.some(({ binding, id }) => binding === 'KV' && id === undefined),
  );
  if (lacking === undefined) return;
  const option = env === '' ? '' : ` --env ${env}`;
  throw new CliError(
    `Expected the id of the KV namespace in ${lacking.path}, but found none. Run: npm run shardql -- setup --config ${api.path}${option}`,
  );
}

const argsOf = ({ path }: ConfigFile, env: string): string[] => ['--config', path, '--env', env];
