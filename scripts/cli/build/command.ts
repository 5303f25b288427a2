import type { Command } from 'commander';
import { prose } from '../prose.ts';

export function addBuild(program: Command): void {
  program
    .command('build')
    .summary('puts GraphiQL and the console among the static files of a deployment')
    .description(
      prose(
        `Puts GraphiQL and the console below _shardql/ of the folder of static files that the configuration names, beside files of your own: a
Worker has one such folder. What was there of an earlier build is replaced. The deployed Worker then has GraphiQL at /graphql and the console at
/console. npm run deploy does this by itself.`,
      ),
    )
    .option('--config <file>', 'wrangler.toml of the API, whose assets.directory it is', 'wrangler.toml')
    .option('--env <name>', 'environment of the configuration, such as staging (default: none)')
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- build
  npm run shardql -- build --config path/to/wrangler.toml --env staging`,
    )
    .action(async ({ config, env = '' }: { config: string; env?: string }) => {
      const { buildAssets } = await import('./build-assets.ts');
      console.log(await buildAssets(config, env));
    });
}
