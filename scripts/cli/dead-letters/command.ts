import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { CliError } from '../cli-error.ts';
import { prose } from '../prose.ts';
import { discardDeadLetters, listDeadLetters, replayDeadLetters } from './dead-letters.ts';

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
    .option('--discard <id...>', 'forget these, which no release will understand (default: none)')
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- dead-letters
  npm run shardql -- dead-letters --replay
  npm run shardql -- dead-letters --discard "$MESSAGE_ID"`,
    )
    .action(async (options: ApiCommandOptions & { readonly replay: boolean; readonly discard?: readonly string[] }) => {
      if (options.replay && options.discard) throw new CliError('Expected --replay or --discard, but got both.');
      if (options.discard) return await discardDeadLetters(new ApiClient(options), options.discard, options);
      const run = options.replay ? replayDeadLetters : listDeadLetters;
      process.exitCode = (await run(new ApiClient(options), options)) ? 0 : 1;
    });
}
