import type { ImportRow } from './shard-client.ts';

/** Rows that travel in one call. */
export interface ImportBatch {
  /** Indices of the rows, in order. */
  readonly indices: readonly number[];
  /** JSON text: an array of the rows' cells. */
  readonly rows: string;
}

/** Bounds of a batch. */
export interface ImportBatchLimits {
  readonly importBatchRows: number;
  readonly importBatchBytes: number;
}

/** Splits the rows at `indices` into batches within the limits; a row that is too large alone gets a batch of its own. */
export function* importBatches(
  rows: readonly ImportRow[],
  indices: readonly number[],
  limits: ImportBatchLimits,
): Generator<ImportBatch> {
  let batch: number[] = [];
  let texts: string[] = [];
  let bytes = 0;
  for (const index of indices) {
    const text = JSON.stringify(rows[index]!.cells);
    // Strings cross the RPC boundary with one or two bytes per UTF-16 unit.
    const textBytes = 2 * text.length;
    const isFull = batch.length === limits.importBatchRows || bytes + textBytes > limits.importBatchBytes;
    if (batch.length > 0 && isFull) {
      yield { indices: batch, rows: `[${texts.join()}]` };
      batch = [];
      texts = [];
      bytes = 0;
    }
    batch.push(index);
    texts.push(text);
    bytes += textBytes;
  }
  if (batch.length > 0) yield { indices: batch, rows: `[${texts.join()}]` };
}
