import type { Command } from 'commander';
import { type ApiCommandOptions, apiCommand } from '../api-command.ts';
import { prose } from '../prose.ts';

export function addBackup(program: Command): void {
  const backup = apiCommand(program, 'backup')
    .summary('copies all rows into a folder, as of one moment')
    .description(
      prose(
        `Writes a SQLite file for each shard, with its tables and indexes, and manifest.json, which says what they hold: as of one moment,
whatever is written meanwhile. Any SQLite opens the files. A folder that has a backup of the same tables and shards is brought up to date: what was changed
since is copied, if the log still has it. The backup before stays until the new one is complete.`,
      ),
    )
    .argument('<dir>', 'folder of the backup')
    .option('--full', 'copy all rows, also where a backup is there', false)
    .addHelpText('after', '\nExamples:\n  npm run shardql -- backup backups/daily --url https://api.example.com')
    .action(async (dir: string, { json, ...options }: ApiCommandOptions & { readonly full: boolean }) => {
      const { makeBackup } = await import('./make-backup.ts');
      const { manifest, basedOn } = await makeBackup(dir, { ...options, note: (line) => json || console.error(line) });
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
      console.log(
        json
          ? JSON.stringify({ basedOn, ...manifest })
          : `${rows.toLocaleString('en')} rows as of ${manifest.time}, content hash ${manifest.contentHash}`,
      );
    });

  backup
    .command('verify')
    .summary('reads a backup, and compares it with its manifest')
    .description(
      'Reads all files: their checksums, what SQLite finds wrong, rows and content hashes of all tables. Asks no API.',
    )
    .argument('<dir>', 'folder of the backup')
    .addHelpText('after', '\nExamples:\n  npm run shardql -- backup verify backups/daily')
    .option('--json', 'print the result as JSON', false)
    .action(async (dir: string, { json }: { readonly json: boolean }) => {
      const { verifyBackup } = await import('./verify-backup.ts');
      const { manifest, problems } = await verifyBackup(dir);
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
        `Reads the backup, writes its rows, referenced ones first, then copies what the API has and compares it by content hash. Rows get new
versions. The exit code is 1 if a row was refused or the hashes differ.`,
      ),
    )
    .argument('<dir>', 'folder of the backup')
    .option(
      '--resume',
      'go on with a restore that was cut off: rows that are there already are not written again',
      false,
    )
    .addHelpText('after', '\nExamples:\n  npm run shardql -- backup restore backups/daily --url http://127.0.0.1:9000')
    .action(async (dir: string, { json, ...options }: ApiCommandOptions & { readonly resume: boolean }) => {
      const { restoreBackup } = await import('./restore-backup.ts');
      const { manifest, rows, problems } = await restoreBackup(dir, {
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
