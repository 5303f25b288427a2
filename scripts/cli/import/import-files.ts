import { ApiClient, type ApiOptions } from '../api-client.ts';
import { ImportClient } from '../import-client.ts';
import { Checkpoint, type FileProgress } from './checkpoint.ts';
import { ImportReporter } from './import-reporter.ts';
import { ImportRun } from './import-run.ts';
import { PrefixHash } from './prefix-hash.ts';
import { FileSource } from './reading/file-source.ts';
import type { Position } from './reading/source-row.ts';
import { RejectFile } from './reject-file.ts';
import { type Resumed, resumeImport } from './resume-import.ts';
import { ORPHAN, retryOrphans, toOrphan } from './retry-orphans.ts';
import { sendChunk } from './send-chunk.ts';
import { hasChanged, listTableFiles } from './table-files.ts';
import { addTotals, countRows, NO_ROWS, type Totals } from './totals.ts';

export interface ImportOptions extends ApiOptions {
  readonly dryRun: boolean;
  /** Path of the reject file. */
  readonly rejects: string;
  /** Go on where an import of the same files was cut off. */
  readonly resume: boolean;
  readonly json: boolean;
}

export interface ImportResult {
  readonly tables: readonly (Totals & { readonly table: string; readonly file: string })[];
  readonly failed: number;
  /** Null: no row failed. */
  readonly rejects: string | null;
  /** Files that changed while they were read: rows of them may be missing. */
  readonly changed: readonly string[];
  /** Session token that holds all that was written; null: nothing was. */
  readonly token: string | null;
  readonly seconds: number;
}

/** Imports files and folders of them, and shows what becomes of the rows. */
export async function importFiles(paths: readonly string[], options: ImportOptions): Promise<ImportResult> {
  const { dryRun: isDryRun } = options;
  const api = new ApiClient(options);
  const client = new ImportClient(api, options);
  const files = listTableFiles(paths, await client.tables());
  // All of them before a row is sent: a file that is no table's, or in another encoding, is a mistake to be told at once.
  const sources = await Promise.all(files.map((file) => FileSource.open(file)));
  const checkpoint = new Checkpoint(api.origin, files, options.rejects, !isDryRun);
  const reporter = new ImportReporter({
    totalBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    isDryRun,
    isJson: options.json,
  });
  let run: ImportRun | null = null;
  try {
    const isResumable = options.resume && checkpoint.isResumed;
    const resumed = isResumable ? await resumeImport(client, checkpoint, sources, options.rejects, reporter) : null;
    const { rejects, orphans, hashes } = resumed ?? startOver(checkpoint, options.rejects);
    const importId = isDryRun ? undefined : checkpoint.state.importId;
    run = new ImportRun({ client, sources, checkpoint, reporter, rejects, orphans, importId });
    for (const source of sources) await importFile(run, source, hashes.get(source));
    if (!isDryRun) await retryOrphans(run);
    reporter.stop();
    const result = finish(run);
    checkpoint.remove();
    return result;
  } finally {
    reporter.stop();
    await run?.close();
  }
}

function startOver(checkpoint: Checkpoint, rejectsPath: string): Resumed {
  checkpoint.remove();
  const [waiting, left] = [0, 1].map((round) => RejectFile.create(checkpoint.orphansPath(round)));
  return { rejects: RejectFile.create(rejectsPath), orphans: [waiting!, left!], hashes: new Map() };
}

/** @param doneHash of what was read of the file before the import was cut off. */
async function importFile(run: ImportRun, source: FileSource, doneHash: PrefixHash | undefined): Promise<void> {
  const { client, checkpoint, rejects, reporter, importId } = run;
  const { file, start } = source;
  const known = checkpoint.progressOf(file);
  const from = known?.next ?? start;
  reporter.read(known?.isDone ? file.bytes : from.offset);
  if (known?.isDone) return;

  const hash = doneHash ?? (await PrefixHash.of(file.path, source.textStart, start.offset))!;
  let { totals, lastRow } = known ?? { totals: NO_ROWS, lastRow: null };
  const save = (next: Position, isDone: boolean) => {
    const sha256 = isDone ? hash.digest() : hash.digest(next.offset);
    const bytes = isDone ? hash.end : file.bytes;
    const progress: FileProgress = { next, isDone, sha256, bytes, modifiedMs: file.modifiedMs, totals, lastRow };
    run.save(new Map([[file, progress]]));
  };
  let next = from;
  let isDone = false;
  const chunks = source.chunks(from, (part) => {
    hash.add(part);
    reporter.read(part.byteLength);
  });
  // The next chunk is read while the API works on this one.
  for (let reading = chunks.next(), step = await reading; !step.done; step = await reading) {
    const chunk = step.value;
    reading = chunks.next();
    // Thrown when it is awaited.
    reading.catch(() => {});
    const outcome = await sendChunk(client, source, chunk, importId);
    totals = addTotals(totals, outcome.totals);
    lastRow = outcome.lastRow ?? lastRow;
    const failed = outcome.rejects.filter(({ code }) => code !== ORPHAN);
    await rejects.append(failed);
    await run.orphans[0].append(outcome.rejects.filter(({ code }) => code === ORPHAN).map(toOrphan));
    for (const reject of failed) reporter.failed(reject);
    reporter.repeated(file, chunk, outcome);
    ({ next, isLast: isDone } = chunk);
    save(next, isDone);
    reporter.sent(file.table.table, countRows(outcome.totals));
  }
  if (!isDone) save(next, true);
}

function finish({ sources, checkpoint, client, rejects, reporter }: ImportRun): ImportResult {
  const tables = sources.map(({ file: { table, path }, file }) => {
    const { totals } = checkpoint.progressOf(file)!;
    reporter.finished(table.table, totals);
    return { table: table.table, file: path, ...totals };
  });
  const changed = sources.map(({ file }) => file).filter((file) => hasChanged(file));
  for (const { path } of changed) reporter.note(`${path} has changed while it was imported: import it again.`);
  const failed = tables.reduce((sum, totals) => sum + totals.failed, 0);
  return {
    tables,
    failed,
    rejects: failed > 0 ? rejects.path : null,
    changed: changed.map(({ path }) => path),
    token: client.token,
    seconds: reporter.seconds,
  };
}
