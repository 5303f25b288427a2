import type { ImportTable } from '../../../src/http/import/import-tables.ts';
import type { StoredCell } from '../../../src/http/import/stored-row-decoder.ts';
import { ApiClient, type ApiOptions, RefusedError, UnreachableError } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { ImportClient } from '../import-client.ts';
import { fetchStatus, sumRows } from '../status/fetch-status.ts';
import { BackupClient } from './backup-client.ts';
import { compareWithApi } from './compare-with-api.ts';
import type { FileValue } from './file-value.ts';
import { Lanes } from './lanes.ts';
import type { BackedUpTable, Manifest } from './manifest.ts';
import { patiently } from './patiently.ts';
import { requireManifest } from './require-manifest.ts';
import { requirePlacements } from './require-placements.ts';
import type { BackupStore } from './store/backup-store.ts';
import { type FileTable, StoredRows } from './stored-rows.ts';
import { readBackup } from './verify-backup.ts';

export interface RestoreBackupOptions extends ApiOptions {
  /** Rows that are there already are those of a restore that was cut off. */
  readonly resume: boolean;
  /** The backup is of some shard keys, given as parameters of `/backup/start`: the API may have rows of others. Default: of everything. */
  readonly scope?: Readonly<Record<string, string>>;
  readonly note: (message: string) => void;
}

export interface RestoredBackup {
  readonly manifest: Manifest;
  /** Rows that were sent. */
  readonly rows: number;
  /** What is not as in the backup, one line each; empty: the rows equal it by their content hash. */
  readonly problems: readonly string[];
}

/** A request of an import has as many bytes, about, and rows: failures of no more are listed. */
const CHUNK_BYTES = 2_000_000;
const CHUNK_ROWS = 8_000;
/** While some are on their way the next one is made, and the shards of all of them work. */
const REQUESTS_AT_ONCE = 4;
/** Problems that are told. */
const MAX_TOLD = 20;

/**
 * Writes the rows of a backup into another installation, with any number of shards, and compares what it has then with the backup. Rows
 * get new versions; keys, values and relations are as they were. All files of the backup are on this machine meanwhile.
 *
 * @throws CliError
 */
export async function restoreBackup(store: BackupStore, options: RestoreBackupOptions): Promise<RestoredBackup> {
  const api = new ApiClient(options);
  const client = new ImportClient(api);
  const manifest = await requireManifest(store);
  const order = await client.tables();
  const missing = manifest.tables.filter(({ name, rows }) => rows > 0 && !order.some(({ table }) => table === name));
  if (missing.length > 0) {
    throw new CliError(
      `Expected an API with the tables of the backup, but got one without ${missing.map(({ name }) => name).join(', ')}. Deploy the model that it was made with.`,
    );
  }
  await requireFit(api, manifest, options);
  if (options.scope === undefined) await requirePlacements(api, manifest.shards);
  await using files = new AsyncDisposableStack();
  const { problems, paths } = await readBackup(store, manifest, files);
  if (problems.length > 0) throw new CliError(`Expected a sound backup, but found: ${problems.join('; ')}.`);
  const shards = paths.map((path) => files.use(new StoredRows(path)));
  try {
    const { rows, failures } = await write(client, order, shards, options.note);
    const differences = await compareWithApi(api, manifest, options.scope);
    return { manifest, rows, problems: [...failures.slice(0, MAX_TOLD), ...differences] };
  } catch (error) {
    throw error instanceof UnreachableError || error instanceof RefusedError ? cutOff(error) : error;
  }
}

const cutOff = ({ message }: CliError): CliError =>
  new CliError(`${message} Rows that were sent are there: go on with --resume.`);

/** Referenced tables first, those of all files: rows that were on one shard may refer to rows that were on another. */
async function write(
  client: ImportClient,
  order: readonly ImportTable[],
  shards: readonly StoredRows[],
  note: RestoreBackupOptions['note'],
): Promise<Pick<SentTable, 'rows' | 'failures'>> {
  const failures: string[] = [];
  let rows = 0;
  for (const { table } of order) {
    const sent = await sendTable(client, shards, table);
    rows += sent.rows;
    failures.push(...sent.failures);
    note(`${table}: ${sent.rows.toLocaleString('en')} rows`);
  }
  return { rows, failures };
}

/**
 * Before a row is sent: the same migrations, and no rows yet but those of the backup.
 *
 * @throws CliError
 */
export async function requireFit(
  api: ApiClient,
  {
    migration,
    tables,
  }: { readonly migration: string | null; readonly tables: readonly Pick<BackedUpTable, 'type' | 'rows'>[] },
  { scope, resume: isResumed }: Pick<RestoreBackupOptions, 'scope' | 'resume'>,
): Promise<void> {
  const shards = await fetchStatus(api, scope === undefined ? 'counted' : 'live');
  const others = shards.flatMap(({ figures, error }) =>
    error !== null || figures === null || figures.migration === migration ? [] : [figures.migration],
  );
  if (others.length > 0) {
    throw new CliError(
      `Expected an API whose last migration is ${migration ?? 'none'}, as in the backup, but got ${others[0] ?? 'none'}. Run the release that made the backup, restore there, and then migrate.`,
    );
  }
  const rowsByTable = scope === undefined ? sumRows(shards) : await countRows(api, scope);
  for (const [type, count] of rowsByTable) {
    const most = isResumed ? (tables.find((table) => table.type === type)?.rows ?? 0) : 0;
    if (count <= most) continue;
    throw new CliError(
      isResumed
        ? `Expected an API with rows of the backup alone, but got ${count.toLocaleString('en')} of ${type}, of which the backup has ${most.toLocaleString('en')}. Restore into an empty one.`
        : `Expected an API without ${scope === undefined ? 'rows' : 'rows of these shard keys'}, but got one with ${count.toLocaleString('en')} of ${type}. Restore into an empty one, or go on with a restore that was cut off with --resume.`,
    );
  }
}

/** Rows of these shard keys, by type. */
async function countRows(api: ApiClient, scope: Readonly<Record<string, string>>): Promise<Map<string, number>> {
  const rowsByType = new Map<string, number>();
  for (const { survey } of (await new BackupClient(api).start(scope)).shards) {
    for (const [type, count] of Object.entries(survey?.rowsByType ?? {}))
      rowsByType.set(type, (rowsByType.get(type) ?? 0) + count);
  }
  return rowsByType;
}

/** What became of the rows of a table. */
interface SentTable {
  rows: number;
  /** Lines whose rows refer to others that are not there yet, and which columns they are of. */
  readonly orphans: Orphan[];
  readonly failures: string[];
}

interface Orphan {
  readonly columns: readonly string[];
  readonly line: string;
}

async function sendTable(client: ImportClient, shards: readonly StoredRows[], name: string): Promise<SentTable> {
  const sent: SentTable = { rows: 0, orphans: [], failures: [] };
  const lanes = new Lanes(REQUESTS_AT_ONCE);
  for (const file of shards) {
    const table = file.tables().find((candidate) => candidate.name === name);
    if (table === undefined) continue;
    for (const lines of chunks(file, table)) {
      sent.rows += lines.length;
      await lanes.run(() => send(client, table, lines, sent));
    }
  }
  await lanes.settle();
  // Rows of a table may refer to others of it, which came later.
  for (let before = Number.POSITIVE_INFINITY; sent.orphans.length > 0 && sent.orphans.length < before; ) {
    before = sent.orphans.length;
    const waiting = Map.groupBy(sent.orphans.splice(0), ({ columns }) => JSON.stringify(columns));
    for (const [, orphans] of waiting) {
      const { columns } = orphans[0]!;
      await send(
        client,
        { name, columns },
        orphans.map(({ line }) => line),
        sent,
      );
    }
  }
  if (sent.orphans.length > 0)
    sent.failures.push(`${name}: ${sent.orphans.length} rows refer to rows that are not there`);
  return sent;
}

/** Sent again, rows that are there are left as they are. */
async function send(client: ImportClient, { name, columns }: FileTable, lines: readonly string[], sent: SentTable) {
  const body = new TextEncoder().encode(`${lines.join('\n')}\n`);
  const report = await patiently(() => client.importStoredRows(name, columns, body));
  for (const { line, code, message } of report.failures) {
    if (code === 'FOREIGN_KEY_VIOLATION') sent.orphans.push({ columns, line: lines[line - 1]! });
    else sent.failures.push(`${name}: ${code}: ${message}`);
  }
  const untold = report.failed - report.failures.length;
  if (untold > 0) sent.failures.push(`${name}: ${untold} further rows failed`);
}

function* chunks(file: StoredRows, table: FileTable): Generator<string[]> {
  let [lines, bytes]: [string[], number] = [[], 0];
  for (const row of file.rows(table)) {
    const line = JSON.stringify(row.map(toCell));
    lines.push(line);
    bytes += line.length;
    if (bytes < CHUNK_BYTES && lines.length < CHUNK_ROWS) continue;
    yield lines;
    [lines, bytes] = [[], 0];
  }
  if (lines.length > 0) yield lines;
}

function toCell(value: FileValue): StoredCell {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return ['i', String(value)];
  return typeof value === 'number' ? ['r', String(value)] : ['b', Buffer.from(value).toString('base64')];
}
