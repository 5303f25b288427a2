import { type Command, Option } from 'commander';
import { closestName } from '../../../src/lib/closest-name.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { CliError } from '../cli-error.ts';
import { prose } from '../prose.ts';
import { type Terminal, terminalAt } from '../undo/undo-operation.ts';
import {
  cancelRestore,
  listRestores,
  type RestoreOptions,
  restoreRows,
  type UndoRestoreOptions,
  undoRestore,
} from './restore.ts';
import type { ElsewhereOptions } from './restore-elsewhere.ts';

export function addRestore(program: Command): void {
  const restore = apiCommand(program, 'restore')
    .summary('restores rows to what they were at an earlier time')
    .description(
      prose(
        `Restores rows to what they were at an earlier time, in place: those of some shard keys (a tenant, say), of a shard, or all. Only
these rows are refused to readers and writers until it has ended; others go on.

Shows first what would be done, and asks. Progress goes to the standard error output. If the command is interrupted, the shards go on
by themselves: "restore list" tells how far they are, and "restore cancel" turns them round. The exit code is 1 if the restore was cancelled, or not wanted.`,
      ),
    )
    .option('--shard-key <value...>', 'rows of these shard keys, of all tables (default: none)')
    .option(
      '--type <type>',
      'type of a table that the shard keys are of, such as Order; needed where tables have several kinds (default: any)',
    )
    .option('--shard <name>', 'all rows of one shard, such as shard-0 (default: none)')
    .option('--all', 'all rows of all shards')
    .option(
      '--to <time>',
      'required: what rows go back to: a time in ISO 8601 with its time zone, or the version of a row',
    )
    .option(
      '--as <shard key or url>',
      'leave the rows of today as they are, and write those of then under this shard key, or into the API there (default: in place)',
    )
    .addOption(
      new Option(
        '--as-token <token>',
        'token or API key of the API that --as names, such as $TOKEN (default: none)',
      ).env('SHARDQL_AS_TOKEN'),
    )
    .option('--resume', 'with the URL of an API: go on with a run that was cut off', false)
    .option('--preview', 'show what would be done, and do nothing', false)
    .option('--yes', 'do it without asking; needed where there is no terminal', false)
    .addHelpText(
      'after',
      `
Examples:
  npm run shardql -- restore --shard-key t1 --to 2026-01-31T09:00:00Z --preview
  npm run shardql -- restore --shard-key t1 --to 2026-01-31T09:00:00Z --yes
  npm run shardql -- restore --all --to 2026-01-31T09:00:00Z
  npm run shardql -- restore --shard-key t1 --to 2026-01-31T09:00:00Z --as t1-january
  npm run shardql -- restore --all --to 2026-01-31T09:00:00Z --as http://127.0.0.1:9000`,
    )
    .allowExcessArguments()
    .action(async (options: RestoreOptions & Omit<ElsewhereOptions, 'as'>) => {
      requireNoArguments(restore);
      const terminal = terminalAt(process.stdin, process.stdout);
      const { as } = options;
      const isElsewhere = as !== undefined && /^https?:\/\//i.test(as);
      if (!isElsewhere && options.resume) throw noAddress();
      const done = isElsewhere ? await elsewhere({ ...options, as }, terminal) : await restoreRows(options, terminal);
      process.exitCode = done ? 0 : 1;
    });

  apiCommand(restore, 'list')
    .summary('lists the latest restores')
    .description('Lists the latest restores of all shards, newest first, with how far they are.')
    .addHelpText('after', '\nExamples:\n  npm run shardql -- restore list')
    .action(listRestores);

  apiCommand(restore, 'cancel')
    .summary('cancels a restore that is under way')
    .description(
      'Cancels a restore that is under way: what it has taken back is made again, so that all is as before it.',
    )
    .argument('<id>', 'id of the restore')
    .addHelpText('after', '\nExamples:\n  npm run shardql -- restore cancel "$RESTORE_ID"')
    .action(async (id: string, options: ApiCommandOptions) => {
      process.exitCode = (await cancelRestore(id, options)) ? 0 : 1;
    });

  apiCommand(restore, 'undo')
    .summary('undoes a restore that is done')
    .description(
      'Undoes a restore that is done, after asking: rows get what they had before it. Refused if they were written since. The exit code is 1 if it is not wanted.',
    )
    .argument('<id>', 'id of the restore')
    .option('--yes', 'do it without asking; needed where there is no terminal', false)
    .addHelpText('after', '\nExamples:\n  npm run shardql -- restore undo "$RESTORE_ID" --yes')
    .action(async (id: string, options: UndoRestoreOptions) => {
      process.exitCode = (await undoRestore(id, options, terminalAt(process.stdin, process.stdout))) ? 0 : 1;
    });
}

/** A subcommand that is misspelt is one of those that there are. */
function requireNoArguments({ args: [given], commands }: Command): void {
  if (given === undefined) return;
  const names = commands.map((command) => command.name());
  const meant = closestName(given, names);
  const hint = meant === undefined ? `Its commands are ${names.join(', ')}.` : `Did you mean restore ${meant}?`;
  throw new CliError(`Expected options of restore, or one of its commands, but got "${given}". ${hint}`);
}

/** SQLite takes a while to load, and is needed here alone. */
async function elsewhere(options: ElsewhereOptions, terminal: Terminal): Promise<boolean> {
  const { restoreElsewhere } = await import('./restore-elsewhere.ts');
  return await restoreElsewhere(options, terminal);
}

const noAddress = (): CliError =>
  new CliError('Expected --as with the URL of an API together with --resume, but got none.');
