import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { fetchStatus } from './fetch-status.ts';
import { showStatus } from './show-status.ts';

interface StatusOptions extends ApiCommandOptions {
  readonly live: boolean;
  readonly count: boolean;
}

export function addStatus(program: Command): void {
  apiCommand(program, 'status')
    .summary('shows shards, rows, sizes and migrations')
    .description(
      'Shows slots, rows, size, growth and last migration of each shard, and when it reaches 80 % of its capacity: as shards have reported with their commits, which costs next to nothing.',
    )
    .option('--live', 'ask each shard, which wakes it', false)
    .option('--count', 'ask each shard to count the rows of its tables, which reads all of them', false)
    .addHelpText('after', '\nExamples:\n  npm run shardql -- status --live --url http://127.0.0.1:9000')
    .action(async ({ json, live, count, ...api }: StatusOptions) => {
      const look = count ? 'counted' : live ? 'live' : 'reported';
      const shards = await fetchStatus(new ApiClient(api), look);
      console.log(json ? JSON.stringify({ shards }) : showStatus(shards, look, Date.now()));
      if (shards.some(({ error }) => error !== null)) process.exitCode = 1;
    });
}
