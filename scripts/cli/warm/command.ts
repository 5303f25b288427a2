import type { Command } from 'commander';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { type WarmOptions, warmCache } from './warm-cache.ts';

export function addWarm(program: Command): void {
  apiCommand(program, 'warm')
    .summary('fills the cache before readers ask')
    .description(
      prose(
        `Reads rows, or what a query reads, through the cache, so that cached reads find them in KV. Without --id, all rows of
the table under the shard key, up to 5,000. A query is run with @consistency(mode: CACHED) unless it asks for
something itself.`,
      ),
    )
    .argument('[table]', 'table, by SQL name or GraphQL type')
    .option('--shard-key <value>', 'shard key of the rows; required with a table')
    .option('--id <id...>', 'primary keys of rows of the table (default: all of the shard key)')
    .option('--node-id <id...>', 'rows of any table by global id, instead of a table (default: none)')
    .option('--query <file>', 'file of a GraphQL query, instead of a table (default: none)')
    .option('--variables <json>', 'variables of the query (default: none)')
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- warm customers --shard-key t1
  npm run shardql -- warm customers --shard-key t1 --id c1 c2
  npm run shardql -- warm --node-id "$NODE_ID"
  npm run shardql -- warm --query dashboard.graphql --variables '{ "tenant": "t1" }'`,
    )
    .action(async (table: string | undefined, options: WarmOptions) => {
      process.exitCode = (await warmCache(table, options)) ? 0 : 1;
    });
}
