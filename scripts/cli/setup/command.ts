import type { Command } from 'commander';
import { shellWord } from '../../project/shell-word.ts';
import { prose } from '../prose.ts';

interface Options {
  readonly config: string;
  readonly env?: string;
  readonly dryRun: boolean;
  readonly backupBucket?: string;
}

export function addSetup(program: Command): void {
  program
    .command('setup')
    .summary('makes what a deployment needs in a Cloudflare account')
    .description(
      prose(
        `Makes what a configuration names and the account does not have yet: queues, also those for dead letters, the KV namespace, whose id is
written into the configurations of both Workers, R2 buckets, and the operators' token, which is shown once. What is there already is left as it is, so it may
be repeated. Each environment gets its own; configurations by which they would share something are refused before anything is made. Uses wrangler: log in with npx wrangler login, or set CLOUDFLARE_API_TOKEN.`,
      ),
    )
    .option('--config <file>', 'wrangler.toml of the API; that of its shards is found beside it', 'wrangler.toml')
    .option('--env <name>', 'environment of the configurations, such as staging (default: none)')
    .option('--backup-bucket <name>', 'an R2 bucket for backups (default: none)')
    .option('--dry-run', 'say what would be made, and make nothing', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- setup --dry-run
  npm run shardql -- setup --env staging
  npm run shardql -- setup --backup-bucket shop-backups`,
    )
    .action(async ({ config, env = '', dryRun, backupBucket }: Options) => {
      // Loaded here because it brings wrangler along, which the other commands need not wait for.
      const { setUp } = await import('./set-up.ts');
      const isComplete = await setUp({ config, env, dryRun, backupBucket }, console.log);
      if (!isComplete) process.exitCode = 1;
      else console.log(`next     ${deployCommand(config, env)}`);
    });
}

function deployCommand(config: string, env: string): string {
  const options = [
    ...(config === 'wrangler.toml' ? [] : ['--config', shellWord(config)]),
    ...(env === '' ? [] : ['--env', shellWord(env)]),
  ];
  return ['npm run deploy', ...(options.length > 0 ? ['--', ...options] : [])].join(' ');
}
