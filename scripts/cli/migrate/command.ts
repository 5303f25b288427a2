import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_SHARDS_AT_ONCE, MAX_SHARDS_AT_ONCE } from '../../../src/shards/migration-limits.ts';
import type { MigrationProgress } from '../../../src/shards/migration-report.ts';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { onInterrupt } from '../on-interrupt.ts';
import { prose } from '../prose.ts';
import { fetchMigrations, runMigrations, showProgress } from './migrations.ts';
import { isWell, showReport } from './show-report.ts';

export function addMigrate(program: Command): void {
  const migrate = program
    .command('migrate')
    .summary('checks what a changed model does to the rows of all shards, and applies it')
    .description(
      prose(
        `Brings the tables of all shards to the model of the release that runs. Every shard first tries the migrations on its
own rows, and rolls that back; only if none refuses are they applied. npm start does this by itself, and so does the
first request after a deploy.`,
      ),
    );

  apiCommand(migrate, 'status')
    .summary('shows what each shard has applied, what is pending, and what would fail')
    .description(
      prose(
        `Shows the last migration of each shard, the pending ones, and whether they would succeed: they are tried on its rows and
rolled back, which may take as long as applying them. A migration in brackets is recorded without being run, as a later one reverts
it. Failures are reported with migration, statement, constraint and rows.`,
      ),
    )
    .addHelpText('after', '\nExamples:\n  npm run shardql -- migrate status')
    .action(async ({ json, ...api }: ApiCommandOptions) => {
      const report = await fetchMigrations(new ApiClient(api));
      console.log(json ? JSON.stringify({ ok: isWell(report), ...report }) : showReport(report));
      process.exitCode = isWell(report) ? 0 : 1;
    });

  apiCommand(migrate, 'run')
    .summary('checks all shards, then applies what is pending to all of them')
    .description(
      prose(
        `Checks all shards as status does and then, if none refuses, applies what is pending: to one shard first and, if that
is well, to the others, some at once. No further shard begins once one has failed. Prints the progress. If it is cut off, or stopped by a shard
whose rows have changed since, run it again: it resumes where it was. Ctrl+C ends the command; the shards go on.`,
      ),
    )
    .addOption(
      new Option(
        '--at-once <shards>',
        `how many shards are checked, or migrated, at the same time (1 to ${MAX_SHARDS_AT_ONCE})`,
      )
        .argParser(parseAtOnce)
        .default(DEFAULT_SHARDS_AT_ONCE),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  npm run shardql -- migrate run --json\n  npm run shardql -- migrate run --at-once 4',
    )
    .action(async ({ json, atOnce, ...api }: ApiCommandOptions & { readonly atOnce: number }) => {
      const stopListening = onInterrupt(
        `The shards go on by themselves. To see how far they are: npm run shardql -- migrate status --url ${api.url}`,
      );
      const tell = (progress: MigrationProgress): void => console.error(showProgress(progress));
      const report = await runMigrations(new ApiClient(api), tell, atOnce).finally(stopListening);
      console.log(json ? JSON.stringify({ ok: isWell(report), ...report }) : showReport(report));
      process.exitCode = isWell(report) ? 0 : 1;
    });
}

function parseAtOnce(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_SHARDS_AT_ONCE) return number;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_SHARDS_AT_ONCE}, but got "${text}".`);
}
