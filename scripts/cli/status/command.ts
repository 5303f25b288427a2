import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { fetchStatus, hasFailed } from './fetch-status.ts';
import { showStatus } from './show-status.ts';

export function addStatus(program: Command): void {
  apiCommand(program, 'status')
    .summary('shows shards, rows, sizes and migrations')
    .description(
      'Shows slots, rows, size, growth and last migration of each shard, when it reaches 80 % of its capacity, and the rows of each table. Counts all rows.',
    )
    .addHelpText('after', '\nExamples:\n  npm run shardql -- status --url http://127.0.0.1:9000')
    .action(async ({ json, ...api }: ApiCommandOptions) => {
      const status = await fetchStatus(new ApiClient(api));
      console.log(json ? JSON.stringify({ shards: status.shards }) : showStatus(status, Date.now()));
      if (status.shards.some((report) => hasFailed(report.status))) process.exitCode = 1;
    });
}
