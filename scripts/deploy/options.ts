import { Command } from 'commander';
import type { DeployOptions } from './deploy.ts';

/** @param typed how it is typed before its options, which examples show. */
export const deployCommand = (name = 'npm run deploy --', typed = name): Command =>
  new Command(name)
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
  ${typed.replace(/ --$/, '')}
  ${typed} --config path/to/wrangler.toml --env staging
  ${typed} --config other.toml --model path/to/model.ts
  ${typed} --dry-run`,
    )
    .allowUnknownOption()
    .allowExcessArguments();

/** Of a command that is parsed: what it does not know is wrangler's. */
export const readDeployOptions = (command: Command): DeployOptions => ({
  ...command.opts<Omit<DeployOptions, 'wranglerArgs'>>(),
  wranglerArgs: command.args,
});
