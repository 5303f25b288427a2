import type { Command } from 'commander';
import { apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';
import { terminalAt } from '../undo/undo-operation.ts';
import { type BookmarkOptions, restoreBookmark } from './restore-bookmark.ts';

export function addBookmark(program: Command): void {
  apiCommand(program, 'bookmark')
    .summary('takes a whole shard back to a bookmark of the platform')
    .description(
      prose(
        `Break glass: takes the whole database of one shard back to an earlier moment that the platform keeps (30 days), also where
its log is lost or does not reach back so far. What was written to the shard since is gone, for all tenants in it; to take back less,
restore by the log. The deployment has to be in maintenance (SHARDQL_MAINTENANCE=true) before, and until the time that is printed: see
docs/recovery.md.

Shows first what it would mean, and asks. A bookmark by which it can be undone is printed and kept. The exit code is 1 where the shard has
not gone back.`,
      ),
    )
    .option('--shard <name>', 'which shard, as status names it (default: none, as for --list)')
    .option('--to <time>', 'moment to go back to, in ISO 8601, at most 30 days ago (default: none, as for --undo)')
    .option('--undo <bookmark>', 'take an earlier restore back, by the bookmark that it has given (default: none)')
    .option('--list', 'show the restores of the last 30 days, with their bookmarks to undo them', false)
    .option('--preview', 'show what it would mean, and do nothing', false)
    .option('--yes', 'do it without asking; needed where there is no terminal', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- bookmark --shard shard-2 --to 2030-01-31T09:00:00Z --preview
  npm run shardql -- bookmark --shard shard-2 --to 2030-01-31T09:00:00Z --yes
  npm run shardql -- bookmark --shard shard-2 --undo 0000007b-0000b26e-00001538-0c3e87bb37b3
  npm run shardql -- bookmark --list --json`,
    )
    .action(async (options: BookmarkOptions) => {
      process.exitCode = (await restoreBookmark(options, terminalAt(process.stdin, process.stdout))) ? 0 : 1;
    });
}
