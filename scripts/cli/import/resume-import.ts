import { RefusedError } from '../api-client.ts';
import type { ImportClient } from '../import-client.ts';
import { fetchStatus, sumRows } from '../status/fetch-status.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { ImportReporter } from './import-reporter.ts';
import { PrefixHash } from './prefix-hash.ts';
import type { FileSource } from './reading/file-source.ts';
import { RejectFile } from './reject-file.ts';
import { hasChanged } from './table-files.ts';
import { NO_ROWS } from './totals.ts';

/** What an import that was cut off has written down. */
export interface Resumed {
  readonly rejects: RejectFile;
  readonly orphans: readonly [RejectFile, RejectFile];
  /** Of what it has read of each file. */
  readonly hashes: ReadonlyMap<FileSource, PrefixHash>;
}

/** Opens what an import that was cut off has left, if all of it still holds; else null. Tells which. */
export async function resumeImport(
  client: ImportClient,
  checkpoint: Checkpoint,
  sources: readonly FileSource[],
  rejectsPath: string,
  reporter: ImportReporter,
): Promise<Resumed | null> {
  const resumed = await open(client, checkpoint, sources, rejectsPath);
  if (typeof resumed === 'string') {
    reporter.note(`Starting over: since the import was cut off, ${resumed}.`);
    return null;
  }
  reporter.note('Going on where the last import of these files was cut off.');
  for (const { file } of sources) {
    const known = checkpoint.progressOf(file);
    if (known === null || known.isDone || !hasChanged(file, known)) continue;
    reporter.note(
      `${file.path} has changed behind the ${known.next.rows} rows that were imported: the rest is taken as it is now.`,
    );
  }
  return resumed;
}

/** Gives what has happened meanwhile, where something does not hold any more. */
async function open(
  client: ImportClient,
  checkpoint: Checkpoint,
  sources: readonly FileSource[],
  rejectsPath: string,
): Promise<Resumed | string> {
  const hashes = new Map<FileSource, PrefixHash>();
  for (const source of sources) {
    const hash = await hashOfDone(source, checkpoint);
    if (typeof hash === 'string') return hash;
    if (hash !== null) hashes.set(source, hash);
  }
  const { state } = checkpoint;
  const { round } = state.retry;
  const rejects = await RejectFile.resume(rejectsPath, state.rejects);
  if (rejects === null) return `${rejectsPath} has changed`;
  const waiting = await RejectFile.resume(checkpoint.orphansPath(round), state.orphans[0]);
  const left = await RejectFile.resume(checkpoint.orphansPath(round + 1), state.orphans[1]);
  if (waiting === null || left === null) return `what waited in ${checkpoint.orphansPath(round)} has changed`;
  const isHeld = await holdsRows(client, checkpoint, sources);
  return isHeld ? { rejects, orphans: [waiting, left], hashes } : 'the API has lost rows of it';
}

/** Of what was read of a file; null: nothing was; a text: it has changed. */
async function hashOfDone(source: FileSource, checkpoint: Checkpoint): Promise<PrefixHash | string | null> {
  const { file, textStart } = source;
  const known = checkpoint.progressOf(file);
  if (known === null) return null;
  const changed = `${file.path} has changed`;
  // What follows the end of a file may belong to its last row.
  if (known.isDone && file.bytes !== known.bytes) return changed;
  const hash = await PrefixHash.of(file.path, textStart, known.isDone ? known.bytes : known.next.offset);
  return hash?.digest() === known.sha256 ? hash : changed;
}

/**
 * False if rows that were imported are gone: the data folder may be another one than before. There must be as many, and
 * of each file the last one that got in: it is sent again, which changes nothing if it is there.
 */
async function holdsRows(
  client: ImportClient,
  checkpoint: Checkpoint,
  sources: readonly FileSource[],
): Promise<boolean> {
  if (!(await knowsToken(client, checkpoint.state.token))) return false;
  const rowsByTable = sumRows(await fetchStatus(client.api, 'counted'));
  for (const { file } of sources) {
    const { totals, lastRow } = checkpoint.progressOf(file) ?? { totals: NO_ROWS, lastRow: null };
    const least = Math.max(totals.inserted, Math.min(1, totals.updated + totals.unchanged));
    if ((rowsByTable.get(file.table.type) ?? 0) < least) return false;
    if (lastRow === null) continue;
    const { inserted, failed } = await client.importRows(file.table.table, Buffer.from(lastRow));
    if (inserted + failed > 0) return false;
  }
  return true;
}

/** A token that the API refuses is of other shards than it has now, or of another release. */
async function knowsToken(client: ImportClient, token: string | null): Promise<boolean> {
  try {
    client.token = token;
    await client.tables();
    return true;
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 400) throw error;
    client.token = null;
    return false;
  }
}
