/** `npm run deploy`: `wrangler deploy` of the shards, if they have changed, and of the API, after the doctor has examined both. */
import { Command } from 'commander';
import { CliError } from './cli/cli-error.ts';
import { type DeployOptions, deploy } from './deploy/deploy.ts';

const command = new Command('npm run deploy --')
  .description(
    'Examines a project as npm run shardql -- doctor does, and deploys it with wrangler if nothing is wrong: first the Worker of its shards, if that has changed since its last deploy, then the API.',
  )
  .usage('[options] [options of wrangler deploy]')
  .option('-c, --config <file>', 'wrangler.toml of the API; that of its shards is found beside it', 'wrangler.toml')
  .option('-e, --env <name>', 'environment of the configurations, such as staging (default: none)')
  .option('--model <file>', 'the model file (default: model.ts or schema/model.ts beside the Worker)')
  .option('--dry-run', 'build what would be deployed, and ask no account', false)
  .option('--force-storage', 'deploy the shards too where nothing of them has changed', false)
  .addHelpText(
    'after',
    `
All other options are those of wrangler deploy, for the API: npx wrangler deploy --help

Examples:
  npm run deploy
  npm run deploy -- --config path/to/wrangler.toml --env staging
  npm run deploy -- --config other.toml --model path/to/model.ts
  npm run deploy -- --dry-run`,
  )
  .allowUnknownOption()
  .allowExcessArguments()
  .action(async (options: Omit<DeployOptions, 'wranglerArgs'>) => {
    process.exitCode = await deploy({ ...options, wranglerArgs: command.args });
  });

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
