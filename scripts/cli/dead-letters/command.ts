import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { listDeadLetters, replayDeadLetters } from './dead-letters.ts';

export function addDeadLetters(program: Command): void {
  apiCommand(program, 'dead-letters')
    .summary('shows invalidations that could not be consumed, and tries them again')
    .description(
      prose(
        `Shows the messages of the invalidation queue that could not be consumed, oldest first: what they ask for, when they were
sent, and why they are here (UNKNOWN_FORMAT: another release wrote them; NOT_PUBLISHED: their shard could not publish).
Nothing is lost by them: each shard publishes by itself what it has not published.`,
      ),
    )
    .option('--replay', 'try them all again; those that succeed are gone', false)
    .addHelpText('after', '\nExamples:\n  npm run shardql -- dead-letters\n  npm run shardql -- dead-letters --replay')
    .action(async (options: ApiCommandOptions & { readonly replay: boolean }) => {
      const run = options.replay ? replayDeadLetters : listDeadLetters;
      process.exitCode = (await run(new ApiClient(options), options)) ? 0 : 1;
    });
}
