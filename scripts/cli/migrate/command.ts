import type { Command } from 'commander';
import { ApiClient } from '../api-client.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
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
        `Checks all shards as status does and then, if none refuses, applies what is pending, and prints its progress. If it is cut off, or
stopped by a shard whose rows have changed since, run it again: it resumes where it was.`,
      ),
    )
    .addHelpText('after', '\nExamples:\n  npm run shardql -- migrate run --json')
    .action(async ({ json, ...api }: ApiCommandOptions) => {
      const report = await runMigrations(new ApiClient(api), (progress) => console.error(showProgress(progress)));
      console.log(json ? JSON.stringify({ ok: isWell(report), ...report }) : showReport(report));
      process.exitCode = isWell(report) ? 0 : 1;
    });
}
