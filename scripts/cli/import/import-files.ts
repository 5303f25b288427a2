import { ImportClient } from '../import-client.ts';
import { fetchStatus } from '../status/fetch-status.ts';
import { Checkpoint } from './checkpoint.ts';
import { ImportReporter } from './import-reporter.ts';
import { readChunks } from './read-chunks.ts';
import { RejectFile } from './reject-file.ts';
import { ORPHAN, retryOrphans } from './retry-orphans.ts';
import { sendChunk } from './send-chunk.ts';
import { listTableFiles, type TableFile } from './table-files.ts';
import { addTotals, countRows, NO_ROWS, type Totals } from './totals.ts';

export interface ImportOptions {
  readonly url: string;
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
  readonly seconds: number;
}

/** Imports files and folders of them, and shows what becomes of the rows. */
export async function importFiles(paths: readonly string[], options: ImportOptions): Promise<ImportResult> {
  const client = new ImportClient(options.url, options);
  const files = listTableFiles(paths, await client.tables());
  const checkpoint = options.dryRun ? null : new Checkpoint(options.url, files, options.rejects);
  const reporter = new ImportReporter({
    totalBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    isDryRun: options.dryRun,
    isJson: options.json,
  });
  try {
    if (checkpoint?.isResumed) await resume(checkpoint, files, options, reporter);
    const rejects = new RejectFile(options.rejects, checkpoint?.rejectBytes ?? 0);
    const totalsByFile = new Map<TableFile, Totals>();
    for (const file of files) {
      totalsByFile.set(file, await importFile(client, file, checkpoint, rejects, reporter));
    }
    if (!options.dryRun) {
      await retryOrphans(client, files, rejects, checkpoint?.importId, (file, totals) =>
        totalsByFile.set(file, addTotals(totalsByFile.get(file)!, totals)),
      );
    }
    for await (const reject of rejects.read()) if (reject.code === ORPHAN) reporter.failed(reject);
    await rejects.close();
    checkpoint?.remove();
    reporter.stop();
    return finish(totalsByFile, rejects, reporter);
  } finally {
    reporter.stop();
  }
}

/** Decides whether the state of an import that was cut off can be used. */
async function resume(
  checkpoint: Checkpoint,
  files: readonly TableFile[],
  { url, resume }: ImportOptions,
  reporter: ImportReporter,
): Promise<void> {
  if (resume && (await holdsRows(url, checkpoint, files))) {
    reporter.note('Going on where the last import of these files was cut off.');
    return;
  }
  if (resume) reporter.note('Starting over: the API no longer holds the rows of the import that was cut off.');
  checkpoint.remove();
}

/** False if rows that were imported are gone: the data folder may be another one than before. */
async function holdsRows(url: string, checkpoint: Checkpoint, files: readonly TableFile[]): Promise<boolean> {
  const { rowsByTable } = await fetchStatus(url);
  return files.every((file) => {
    const { inserted, updated, unchanged } = checkpoint.progressOf(file)?.totals ?? NO_ROWS;
    const least = Math.max(inserted, Math.min(1, updated + unchanged));
    return (rowsByTable.get(file.table.type) ?? 0) >= least;
  });
}

async function importFile(
  client: ImportClient,
  file: TableFile,
  checkpoint: Checkpoint | null,
  rejects: RejectFile,
  reporter: ImportReporter,
): Promise<Totals> {
  const { doneLine, totals: doneTotals } = checkpoint?.progressOf(file) ?? { doneLine: 0, totals: NO_ROWS };
  let totals = doneTotals;
  const chunks = readChunks(file, (bytes) => reporter.read(bytes));
  // The next chunk is read while the API works on this one.
  for (let next = chunks.next(), step = await next; !step.done; step = await next) {
    const chunk = step.value;
    next = chunks.next();
    // Thrown when it is awaited.
    next.catch(() => {});
    if (chunk.lastLine <= doneLine) continue;
    const outcome = await sendChunk(client, file, chunk, checkpoint?.importId);
    totals = addTotals(totals, outcome.totals);
    await rejects.append(outcome.rejects);
    for (const reject of outcome.rejects) if (reject.code !== ORPHAN) reporter.failed(reject);
    reporter.repeated(file, chunk, outcome);
    checkpoint?.save(file, { doneLine: chunk.lastLine, totals }, rejects.bytes);
    reporter.sent(file.table.table, countRows(outcome.totals));
  }
  return totals;
}

function finish(
  totalsByFile: ReadonlyMap<TableFile, Totals>,
  rejects: RejectFile,
  reporter: ImportReporter,
): ImportResult {
  for (const [{ table }, totals] of totalsByFile) reporter.finished(table.table, totals);
  const tables = [...totalsByFile].map(([{ table, path }, totals]) => ({ table: table.table, file: path, ...totals }));
  const failed = tables.reduce((sum, totals) => sum + totals.failed, 0);
  return { tables, failed, rejects: failed > 0 ? rejects.path : null, seconds: reporter.seconds };
}
