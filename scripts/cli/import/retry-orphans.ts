import { resolve } from 'node:path';
import type { ImportRun } from './import-run.ts';
import type { FileSource } from './reading/file-source.ts';
import { ChunkBuilder, type RowChunk } from './reading/row-chunk.ts';
import { type Reject, RejectFile } from './reject-file.ts';
import { sendChunk } from './send-chunk.ts';
import { addTotals } from './totals.ts';

/** Code of rows whose parent is missing, or comes later. */
export const ORPHAN = 'FOREIGN_KEY_VIOLATION';

/**
 * Sends the rows again that lacked a parent, in rounds, as long as that gets some of them in: a parent may come after
 * its child in the file, and be a child itself. Each round reads one file and writes those that are left to another;
 * both only grow, so that a killed import goes on within the round. In the end, what is left is rejected.
 */
export async function retryOrphans(run: ImportRun): Promise<void> {
  const { checkpoint, rejects } = run;
  for (;;) {
    const { round } = checkpoint.state.retry;
    const [waiting, left] = run.orphans;
    for await (const group of groups(waiting, checkpoint.state.retry.offset)) await retryGroup(run, group);
    if (!checkpoint.state.retry.isProgress) break;
    await waiting.close();
    run.orphans = [left, RejectFile.create(checkpoint.orphansPath(round + 2))];
    run.save(new Map(), { round: round + 1, offset: 0, isProgress: false });
  }
  const [, left] = run.orphans;
  for await (const { reject } of left.read()) {
    const told = { ...reject, file: sourceOf(run, reject.file).file.path };
    await rejects.append([told]);
    run.reporter.failed(told);
  }
}

/** Rows that wait name their file so that an import that is resumed elsewhere knows it. */
export const toOrphan = (reject: Reject): Reject => ({ ...reject, file: resolve(reject.file) });

const sourceOf = ({ sources }: ImportRun, path: string): FileSource =>
  sources.find(({ file }) => resolve(file.path) === path)!;

interface Group {
  /** Absolute path. */
  readonly file: string;
  readonly chunk: RowChunk;
  readonly end: number;
}

async function retryGroup(run: ImportRun, { file, chunk, end }: Group): Promise<void> {
  const { client, checkpoint, rejects, reporter, importId } = run;
  const source = sourceOf(run, file);
  const outcome = await sendChunk(client, source, chunk, importId);
  const orphans = outcome.rejects.filter(({ code }) => code === ORPHAN);
  const others = outcome.rejects.filter(({ code }) => code !== ORPHAN);
  await run.orphans[1].append(orphans.map(toOrphan));
  await rejects.append(others);
  for (const reject of others) reporter.failed(reject);
  // They have been counted as failed before.
  const progress = checkpoint.progressOf(source.file)!;
  const totals = addTotals(progress.totals, { ...outcome.totals, failed: outcome.totals.failed - chunk.places.length });
  const { round, isProgress } = checkpoint.state.retry;
  const isAnyIn = orphans.length < chunk.places.length;
  run.save(new Map([[source.file, { ...progress, totals }]]), {
    round,
    offset: end,
    isProgress: isProgress || isAnyIn,
  });
}

/** Consecutive rows of one file, as a chunk, each time with the offset behind them. */
async function* groups(waiting: RejectFile, from: number): AsyncGenerator<Group> {
  const builder = new ChunkBuilder();
  let file = '';
  let end = from;
  for await (const { reject, end: behind } of waiting.read(from)) {
    if (!builder.isEmpty && (builder.isFull || file !== reject.file)) yield { file, chunk: builder.take(), end };
    builder.add(reject, Buffer.from(reject.row!));
    file = reject.file;
    end = behind;
  }
  if (!builder.isEmpty) yield { file, chunk: builder.take(), end };
}
