import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { closestName } from '../../../src/lib/closest-name.ts';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { CliError } from '../cli-error.ts';
import { prose } from '../prose.ts';

const R2_HELP = `
In R2 (r2://<bucket>/<prefix>), these variables say where it is and who asks:
  CLOUDFLARE_ACCOUNT_ID   the account, or instead
  AWS_ENDPOINT_URL_S3     address of the S3 API, as for a bucket with a jurisdiction
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY of an R2 API token that may read and write objects`;

export function addBackup(program: Command): void {
  const backup = apiCommand(program, 'backup')
    .summary('copies all rows into a folder or to R2, as of one moment')
    .description(
      prose(
        `Writes a SQLite file for each shard, with its tables and indexes, and manifest.json, which says what they hold: as of one moment,
whatever is written meanwhile. Any SQLite opens the files. A backup of the same tables and shards that is there is brought up to date: what was changed
since is copied. Where it cannot be, as after a migration or if the log does not reach back to it, all rows are copied. The backup before stays until the new one is complete.`,
      ),
    )
    .argument('<place>', 'folder of the backup, or r2://<bucket>/<prefix>')
    .allowExcessArguments()
    .option('--full', 'copy all rows, and take the place of a backup of another installation too', false)
    .addHelpText(
      'after',
      `${R2_HELP}

Examples:
  npm run shardql -- backup backups/daily --url https://api.example.com
  npm run shardql -- backup r2://backups/daily --url https://api.example.com`,
    )
    .action(async (place: string, { json, ...options }: ApiCommandOptions & { readonly full: boolean }) => {
      requirePlace(backup);
      const { makeBackup } = await import('./make-backup.ts');
      const { openStore } = await import('./store/open-store.ts');
      const { manifest, basedOn, because } = await makeBackup(openStore(place), {
        ...options,
        note: (line) => json || console.error(line),
      });
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      console.log(
        json
          ? JSON.stringify({ basedOn, because, ...manifest })
          : `${rows.toLocaleString('en')} rows as of ${manifest.time}, content hash ${manifest.contentHash}`,
      );
    });

  backup
    .command('verify')
    .summary('reads a backup, and compares it with its manifest')
    .description(
      'Reads all files: their checksums, what SQLite finds wrong, rows and content hashes of all tables. Asks no API.',
    )
    .argument('<place>', 'folder of the backup, or r2://<bucket>/<prefix>')
    .addHelpText('after', '\nExamples:\n  npm run shardql -- backup verify backups/daily')
    .option('--json', 'print the result as JSON', false)
    .action(async (place: string, { json }: { readonly json: boolean }) => {
      const { verifyBackup } = await import('./verify-backup.ts');
      const { openStore } = await import('./store/open-store.ts');
      const { manifest, problems } = await verifyBackup(openStore(place));
      if (json) console.log(JSON.stringify({ ok: problems.length === 0, problems, contentHash: manifest.contentHash }));
      else
        for (const line of problems.length > 0
          ? problems
          : [`sound, as of ${manifest.time}, content hash ${manifest.contentHash}`])
          console.log(line);
      process.exitCode = problems.length === 0 ? 0 : 1;
    });

  apiCommand(backup, 'restore')
    .summary('writes a backup into an API without rows, with any number of shards')
    .description(
      prose(
        `Reads the backup, writes its rows, referenced ones first, then reads what the API has and compares it by content hash. Rows get new
versions. The exit code is 1 if a row was refused or the hashes differ.`,
      ),
    )
    .argument('<place>', 'folder of the backup, or r2://<bucket>/<prefix>')
    .option(
      '--resume',
      'go on with a restore that was cut off: rows that are there already are not written again',
      false,
    )
    .addHelpText('after', '\nExamples:\n  npm run shardql -- backup restore backups/daily --url http://127.0.0.1:9000')
    .action(async (place: string, { json, ...options }: ApiCommandOptions & { readonly resume: boolean }) => {
      const { restoreBackup } = await import('./restore-backup.ts');
      const { openStore } = await import('./store/open-store.ts');
      const { manifest, rows, problems } = await restoreBackup(openStore(place), {
        ...options,
        note: (line) => json || console.error(line),
      });
      const { contentHash } = manifest;
      if (json) console.log(JSON.stringify({ ok: problems.length === 0, rows, problems, contentHash }));
      else
        for (const line of problems.length > 0
          ? problems
          : [`${rows.toLocaleString('en')} rows, equal to the backup, content hash ${contentHash}`])
          console.log(line);
      process.exitCode = problems.length === 0 ? 0 : 1;
    });
}

/** A misspelt subcommand would be a folder that is made, and hold a backup that nobody looks for. */
function requirePlace({ args, commands }: Command): void {
  const [place = '', ...others] = args;
  const meant = existsSync(place)
    ? undefined
    : closestName(
        place,
        commands.map((command) => command.name()),
      );
  if (others.length === 0 && meant === undefined) return;
  if (meant === undefined) throw new CliError(`Expected one place, but got ${args.length}: ${args.join(', ')}.`);
  throw new CliError(
    `Expected a place, but got "${place}". Did you mean backup ${meant}? A folder of that name is ./${place}.`,
  );
}
