/** `npm run shardql -- <command>`: works on a running API, and on the project. */
import { Command, CommanderError, Option } from 'commander';
import { ACTIONS, type ExplainOptions, explainAccess } from './cli/access/explain-access.ts';
import { ApiClient, type ApiOptions } from './cli/api-client.ts';
import { type AuditOptions, showAudit } from './cli/audit/audit.ts';
import { type BookmarkOptions, restoreBookmark } from './cli/bookmark/restore-bookmark.ts';
import { CliError } from './cli/cli-error.ts';
import { listDeadLetters, replayDeadLetters } from './cli/dead-letters/dead-letters.ts';
import { type ExportOptions, exportTables } from './cli/export/export-tables.ts';
import { EXPORT_FORMATS } from './cli/export/formats.ts';
import { type ImportOptions, importFiles } from './cli/import/import-files.ts';
import { createKey, listKeys, type NewKeyOptions, revokeKey } from './cli/keys/keys.ts';
import { fetchMigrations, runMigrations, showProgress } from './cli/migrate/migrations.ts';
import { isWell, showReport } from './cli/migrate/show-report.ts';
import { requireOwnOptions } from './cli/own-options.ts';
import { type PersistOptions, persistDocuments } from './cli/persist/persist-documents.ts';
import {
  cancelRestore,
  listRestores,
  type RestoreOptions,
  restoreRows,
  type UndoRestoreOptions,
  undoRestore,
} from './cli/restore/restore.ts';
import { fetchStatus, hasFailed } from './cli/status/fetch-status.ts';
import { showStatus } from './cli/status/show-status.ts';
import { terminalAt, type UndoOptions, undoOperation } from './cli/undo/undo-operation.ts';
import { type WarmOptions, warmCache } from './cli/warm/warm-cache.ts';

const DEFAULT_URL = 'http://127.0.0.1:8787';
const EXIT_CODES = `
Exit codes:
  0  all is well
  1  some rows failed, or something is wrong
  2  wrong usage, or the API cannot be reached or refuses`;

/** Help is wrapped to the terminal: only empty lines break it. */
const prose = (text: string): string => text.replace(/(?<!\n)\n(?!\n)/g, ' ');

// The reader of the output, such as `head`, may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const program = new Command('npm run shardql --')
  .description('Works on a running ShardQL API, and on a project. Each command has --help of its own.')
  .exitOverride()
  .addHelpText('afterAll', EXIT_CODES);

/** A command that asks a running API. */
const apiCommand = (name: string, parent = program): Command =>
  parent
    .command(name)
    .option('--url <url>', 'where the API is', DEFAULT_URL)
    .addOption(
      new Option(
        '--token <token>',
        'operators’ token or API key, such as $TOKEN; other users of a machine see arguments, but no variables (default: none)',
      ).env('SHARDQL_TOKEN'),
    )
    .option('--json', 'print the result as JSON', false);

interface ApiCommandOptions extends ApiOptions {
  readonly json: boolean;
}

apiCommand('import')
  .summary('upserts rows of NDJSON, JSON and CSV files')
  .description(
    prose(
      `Upserts rows of files named <table>.ndjson, <table>.json (an array of objects) or <table>.csv (RFC 4180 with a
header line), by primary key. Tables go by SQL name or GraphQL type, and so do columns. Tables come in the order
that their foreign keys need. Rows that are there with equal values are not written, so importing again changes
nothing.

A row that fails does not stop the others: it is told by file, line and column, and written to the reject file as { file,
line, ordinal, column, field, code, message, base64, row }: which row of the file it is, the column as the file and as the
model call it, and the row's bytes if they are no text. Rows that lack a parent are tried again at the end.

Files are UTF-8, with or without a byte order mark. A row with other bytes fails alone, with the offset of the byte, and
nothing of it is stored; a file in UTF-16 or UTF-32 is refused before anything is sent. Convert such files first, for
instance with iconv -f WINDOWS-1252 -t UTF-8.

In CSV an empty cell, quoted or not, is the column's default, or NULL where it has none; so CSV cannot give empty
text to a column, nor NULL to one with a default. Booleans are true, t, yes, y, on, 1 or false, f, no, n, off, 0, in any
case; in JSON they are true or false. Cells of JSON columns are JSON text, bytes are base64. A broken object of a JSON
array and a CSV record with a quote in a wrong place fail alone; where nobody can tell where the next row begins, the rest of
the file is left out, and told.

A key that occurs twice is written twice: the row that is written last stays, and the exit code is still 0. It is told by
both lines where they are within one request of some thousand rows. Elsewhere the API counts rows that change what the
same import wrote; the lines of their request are told.

An import that was killed goes on behind the last row that was answered for, if the same command is given again; its
state is in the user's cache folder (XDG_CACHE_HOME or ~/.cache) until the import is complete. If what it had read of a
file has changed, or the reject file, it starts over and says so; what comes behind may have changed or grown.

The result of --json has the session token of the import: reads that send it in x-shardql-token see all rows.`,
    ),
  )
  .argument('<path...>', 'files, or folders of them (files of a folder that are named after no table are left out)')
  .option(
    '--rejects <file>',
    'where rows go that fail; replaced by each import with such rows',
    'shardql-rejects.ndjson',
  )
  .option(
    '--dry-run',
    'check every row against the model, and write nothing; keys and parents are not looked up',
    false,
  )
  .option('--no-resume', 'start over where an import was cut off')
  .addHelpText(
    'after',
    `
Examples:
  npm run shardql -- import data/
  npm run shardql -- import customers.csv orders.ndjson --rejects /tmp/rejects.ndjson
  npm run shardql -- import data/ --dry-run --json`,
  )
  .action(async (paths: string[], options: ImportOptions) => {
    const result = await importFiles(paths, options);
    if (options.json) console.log(JSON.stringify(result));
    else if (result.rejects !== null) {
      console.error(`${result.failed} ${result.failed === 1 ? 'row' : 'rows'} failed: see ${result.rejects}`);
    }
    process.exitCode = result.failed === 0 && result.changed.length === 0 ? 0 : 1;
  });

apiCommand('export')
  .summary('writes tables to files that import takes')
  .description(
    prose(
      `Writes one file per table, which import takes: importing them into an empty API gives equal rows. Versions and
generated columns are left out. Files are UTF-8 without a byte order mark. Rows come by ascending primary key, in pages; a
page is the latest state when it is read. Every row comes out: values that do not fit the model any more are written as they are
stored, and counted on stderr (with --json, as "misfits" of the table); mend them in the file, then import it. CSV does not
tell empty text from NULL; the other formats are exact.`,
    ),
  )
  .option('--out <dir>', 'folder of the files', 'export')
  .addOption(new Option('--format <format>', 'format of the files').choices(EXPORT_FORMATS).default('ndjson'))
  .option('--table <name...>', 'tables, by SQL name or GraphQL type (default: all)')
  .addHelpText(
    'after',
    `
Examples:
  npm run shardql -- export --out backup
  npm run shardql -- export --format csv --table customers orders`,
  )
  .action(async (options: ExportOptions & { readonly json: boolean }) => {
    const tables = [];
    for await (const exported of exportTables(options)) {
      tables.push(exported);
      if (!options.json) console.log(`${exported.table}: ${exported.rows} rows in ${exported.file}`);
      const { table, file, misfits } = exported;
      if (misfits === undefined) continue;
      const are = misfits === 1 ? '1 value does' : `${misfits} values do`;
      console.error(
        `${table}: ${are} not fit the model any more, written as stored; mend ${file} before you import it.`,
      );
    }
    if (options.json) console.log(JSON.stringify({ tables }));
  });

const backup = apiCommand('backup')
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
    const { makeBackup } = await import('./cli/backup/make-backup.ts');
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
    const { verifyBackup } = await import('./cli/backup/verify-backup.ts');
    const { manifest, problems } = await verifyBackup(dir);
    if (json) console.log(JSON.stringify({ ok: problems.length === 0, problems, contentHash: manifest.contentHash }));
    else
      for (const line of problems.length > 0
        ? problems
        : [`sound, as of ${manifest.time}, content hash ${manifest.contentHash}`])
        console.log(line);
    process.exitCode = problems.length === 0 ? 0 : 1;
  });

apiCommand('restore', backup)
  .summary('writes a backup into an API without rows, with any number of shards')
  .description(
    prose(
      `Reads the backup, writes its rows, referenced ones first, then copies what the API has and compares it by content hash. Rows get new
versions. The exit code is 1 if a row was refused or the hashes differ.`,
    ),
  )
  .argument('<dir>', 'folder of the backup')
  .option('--resume', 'go on with a restore that was cut off: rows that are there already are not written again', false)
  .addHelpText('after', '\nExamples:\n  npm run shardql -- backup restore backups/daily --url http://127.0.0.1:9000')
  .action(async (dir: string, { json, ...options }: ApiCommandOptions & { readonly resume: boolean }) => {
    const { restoreBackup } = await import('./cli/backup/restore-backup.ts');
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

apiCommand('schema')
  .summary('prints the API as SDL')
  .description('Prints the API in the schema definition language of GraphQL.')
  .addHelpText('after', '\nExamples:\n  npm run --silent shardql -- schema > schema.graphql')
  .action(async ({ json, ...api }: ApiCommandOptions) => {
    const sdl = await (await new ApiClient(api).request('/schema')).text();
    process.stdout.write(json ? `${JSON.stringify({ sdl })}\n` : sdl);
  });

apiCommand('status')
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

apiCommand('status', migrate)
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

apiCommand('run', migrate)
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

apiCommand('dead-letters')
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

const keys = program
  .command('keys')
  .summary('creates, lists and revokes API keys')
  .description(
    'API keys let programs in: each has a name, a role, claims, and may expire. Only hashes of them are stored.',
  );

apiCommand('create', keys)
  .summary('creates an API key, and prints it once')
  .description('Creates an API key and prints its text, which cannot be had again: send it as Authorization: Bearer.')
  .argument('<name>', 'what it is for: 1 to 64 letters, digits, ".", "_" and "-"')
  .requiredOption('--role <role>', 'required: a role that access rules let in, or operator')
  .option(
    '--claim <name=value...>',
    'what access rules know of the caller besides its role; values are JSON, or else text (default: none)',
  )
  .option('--expires <time>', 'when it expires, in ISO 8601 (default: never)')
  .addHelpText(
    'after',
    `
Examples:
  npm run --silent shardql -- keys create nightly-import --role operator --expires 2030-01-01
  npm run shardql -- keys create acme --role admin --claim shardKey=acme`,
  )
  .action(async (name: string, { json, role, claim, expires, ...api }: ApiOptions & NewKeyOptions) => {
    await createKey(new ApiClient(api), name, { json, role, ...(claim && { claim }), ...(expires && { expires }) });
  });

apiCommand('list', keys)
  .summary('lists all API keys there ever were, oldest first')
  .description(
    'Lists all API keys there ever were, oldest first, with role, claims and state, and without their texts.',
  )
  .addHelpText('after', '\nExamples:\n  npm run shardql -- keys list')
  .action(async ({ json, ...api }: ApiCommandOptions) => listKeys(new ApiClient(api), { json }));

apiCommand('revoke', keys)
  .summary('revokes an API key')
  .description('Revokes an API key. Isolates that have just seen it take it for up to 30 s more.')
  .argument('<name>', 'its name')
  .addHelpText('after', '\nExamples:\n  npm run shardql -- keys revoke nightly-import')
  .action(async (name: string, { json, ...api }: ApiCommandOptions) => revokeKey(new ApiClient(api), name, { json }));

const access = program
  .command('access')
  .summary('says which access rule decides what a caller may do')
  .description('Says which rule of the model option "access" decides what a caller may do with a row.');

apiCommand('explain', access)
  .summary('names the rule that decides about a row, and the part of it that does not hold')
  .description(
    prose(
      `Names the rule that lets a caller do something with a row, or that does not, and each part of it with the row's values: true,
FALSE, or later, for what can only be known once a write has made something of the row. Of an update it says which transitions are open.
The exit code is 1 if the caller may not.`,
    ),
  )
  .requiredOption('--as <caller>', 'required: <role> {claims as JSON}, the claims optional')
  .requiredOption('--row <nodeId>', 'required: the row, by its global id')
  .addOption(
    new Option('--action <action>', 'what the caller is to do; create: a row that is as this one')
      .choices(ACTIONS)
      .default('read'),
  )
  .addHelpText(
    'after',
    `
Examples:
  npm run shardql -- access explain --as 'customer {"shardKey":"t1","customerId":"c9"}' --row "$NODE_ID"
  npm run shardql -- access explain --as anonymous --row "$NODE_ID" --action delete --json`,
  )
  .action(async (options: ApiOptions & ExplainOptions) => {
    process.exitCode = (await explainAccess(new ApiClient(options), options)) ? 0 : 1;
  });

program
  .command('token')
  .summary('prints a token with which a client can ask an API on this machine as any role')
  .description(
    prose(
      `Prints a JSON Web Token for Authorization: Bearer that npm start and npm run dev accept, and nobody else: to try a client with
credentials before there is an issuer of real ones. Asks no API; a role that the project's model does not know is refused.`,
    ),
  )
  .requiredOption('--as <caller>', 'required: whose token it is: <role> {claims as JSON}, the claims optional')
  .option('--expires <time>', 'when it expires, in ISO 8601 (default: in 30 days)')
  .option(
    '--config <file>',
    'wrangler.toml of the Worker, whose model says which roles there are (default: wrangler.toml, if it is there)',
  )
  .option('--json', 'print the result as JSON', false)
  .addHelpText(
    'after',
    `
Examples:
  npm run --silent shardql -- token --as 'customer {"shardKey":"t1","customerId":"c9"}'
  npm run --silent shardql -- token --as operator --expires 2030-01-01
  npm run --silent shardql -- token --as admin --config path/to/wrangler.toml`,
  )
  .action(async (options: { as: string; expires?: string; config?: string; json: boolean }) => {
    // Loaded here because it brings jose along, which the other commands need not wait for.
    const { createToken } = await import('./cli/token/create-token.ts');
    await createToken(options);
  });

apiCommand('audit')
  .summary('shows what operators did')
  .description(
    prose(
      `Shows the latest actions of operators, latest first: when, what, of what, with which outcome, by which credential, from which address.
Imports, exports, purges and warming are recorded once an hour for each table and caller. The last 10,000 actions of the last 90 days are
kept.`,
    ),
  )
  .option('--limit <number>', 'how many are shown, from 1 to 10,000', '100')
  .addHelpText(
    'after',
    '\nExamples:\n  npm run shardql -- audit --limit 20\n  npm run --silent shardql -- audit --json',
  )
  .action(async (options: ApiOptions & AuditOptions) => showAudit(new ApiClient(options), options));

apiCommand('persist')
  .summary('writes the manifest of an application’s operations')
  .description(
    prose(
      `Reads operations and fragments from .graphql and .gql files, and from manifests of Apollo's, Relay's and urql's tools (.json), checks them
against the API, and writes a manifest in Apollo's form: id (the SHA-256 of the text), name, type and body. Give it to createWorker
as persisted.manifest, and to clients that send ids. Fragments are shared by all files. If something is wrong, nothing is written.`,
    ),
  )
  .argument('<path...>', 'files, or folders of .graphql and .gql files')
  .option('--out <file>', 'where the manifest goes', 'persisted.json')
  .option('--schema <file>', 'SDL to check against (default: that of the API)')
  .addHelpText(
    'after',
    `
Examples:
  npm run shardql -- persist src/queries
  npm run shardql -- persist src/queries --schema schema.graphql --out worker/persisted.json`,
  )
  .action(async (paths: string[], options: PersistOptions) => {
    process.exitCode = (await persistDocuments(paths, options)) ? 0 : 1;
  });

apiCommand('undo')
  .summary('undoes one operation')
  .description(
    prose(
      `Undoes one operation, by its id as extensions.operations of a mutation has it: rows that are as the operation left them
go back to what they were; rows that it deleted are there again, and those that it created are gone. Rows that were changed
since are conflicts: they stay, and so do rows that cannot go back without them. No other row is changed.

Shows first what would be done, and asks. The undo is an operation itself: its id is printed, and it can be undone. The exit code is 1
where rows stayed, or nothing was done.`,
    ),
  )
  .argument('<operationId>', 'id of the operation')
  .option('--preview', 'show what would be done, and do nothing', false)
  .option('--yes', 'do it without asking; needed where there is no terminal', false)
  .addHelpText(
    'after',
    `
Examples:
  npm run shardql -- undo "$OPERATION_ID" --preview
  npm run shardql -- undo "$OPERATION_ID" --yes --json`,
  )
  .action(async (operationId: string, options: UndoOptions) => {
    process.exitCode = (await undoOperation(operationId, options, terminalAt(process.stdin, process.stdout))) ? 0 : 1;
  });

const restore = apiCommand('restore')
  .summary('restores rows to what they were at an earlier time')
  .description(
    prose(
      `Restores rows to what they were at an earlier time, in place: those of some shard keys (a tenant, say), of a shard, or all. Only
these rows are refused to readers and writers until it has ended; others go on.

Shows first what would be done, and asks. Progress goes to the standard error output. If the command is killed, the shards go on
by themselves: "restore list" tells how far they are. The exit code is 1 if the restore was cancelled, or not wanted.`,
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
  .option('--preview', 'show what would be done, and do nothing', false)
  .option('--yes', 'do it without asking; needed where there is no terminal', false)
  .addHelpText(
    'after',
    `
Examples:
  npm run shardql -- restore --shard-key t1 --to 2026-01-31T09:00:00Z --preview
  npm run shardql -- restore --shard-key t1 --to 2026-01-31T09:00:00Z --yes
  npm run shardql -- restore --all --to 2026-01-31T09:00:00Z`,
  )
  .action(async (options: RestoreOptions) => {
    process.exitCode = (await restoreRows(options, terminalAt(process.stdin, process.stdout))) ? 0 : 1;
  });

apiCommand('list', restore)
  .summary('lists the latest restores')
  .description('Lists the latest restores of all shards, newest first, with how far they are.')
  .addHelpText('after', '\nExamples:\n  npm run shardql -- restore list')
  .action(listRestores);

apiCommand('cancel', restore)
  .summary('cancels a restore that is under way')
  .description(
    'Cancels a restore that is under way: what it has taken back is made again, so that all is as before it.',
  )
  .argument('<id>', 'id of the restore')
  .addHelpText('after', '\nExamples:\n  npm run shardql -- restore cancel "$RESTORE_ID"')
  .action(async (id: string, options: ApiCommandOptions) => {
    process.exitCode = (await cancelRestore(id, options)) ? 0 : 1;
  });

apiCommand('undo', restore)
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

apiCommand('bookmark')
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

apiCommand('warm')
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

program
  .command('doctor')
  .summary('checks the configuration and the model of a project')
  .description(
    prose(
      `Checks a project without running it, in each environment of its configuration: the open developer role, bindings
and classes with their migrations, the compatibility date, queues without a dead-letter queue or a consumer; and migrations
older than the model, relations and foreign keys without an index; access rules that no row can fit, rate limits whose counters are not
bound, budgets of unknown roles, secrets in the configuration or the source. Gives advice, which fails nothing, on tables without rules,
claims that look misspelt, options that open the API, and times and enums without an index. npm run deploy does this first.`,
    ),
  )
  .option('--config <file>', 'wrangler.toml of the Worker', 'wrangler.toml')
  .option('--model <file>', 'the model file (default: model.ts or schema/model.ts beside the Worker)')
  .option('--json', 'print the findings as JSON', false)
  .addHelpText(
    'after',
    `
Examples:
  npm run shardql -- doctor
  npm run shardql -- doctor --config path/to/wrangler.toml --model path/to/model.ts`,
  )
  .action(async ({ json, ...paths }: { config: string; model?: string; json: boolean }) => {
    // Loaded here because it brings drizzle along, which the other commands need not wait for.
    const { examine, showFinding } = await import('./cli/doctor/examine.ts');
    const findings = await examine(paths);
    const isWell = findings.every(({ problems }) => problems.length === 0);
    if (json) console.log(JSON.stringify({ ok: isWell, findings }));
    else for (const finding of findings) console.log(showFinding(finding));
    process.exitCode = isWell ? 0 : 1;
  });

requireOwnOptions(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    if (error.code === 'commander.unknownCommand') console.error('All commands: npm run shardql -- --help');
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof CliError || isFileError(error)) {
    console.error(error.message);
    process.exitCode = 2;
  } else throw error;
}

/** A file that cannot be read or written: Node's message names it. */
function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && 'path' in error;
}
