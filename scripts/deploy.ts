/** `npm run deploy`: `wrangler deploy` of the shards, if they have changed, and of the API, after the doctor has examined both. */
import { CliError } from './cli/cli-error.ts';
import { deploy } from './deploy/deploy.ts';
import { deployCommand, readDeployOptions } from './deploy/options.ts';

try {
  process.exitCode = await deploy(readDeployOptions(deployCommand().parse()));
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
