import { groupByOwner } from '../routing/group-by-owner.ts';
import type { Routing } from '../routing/router-state.ts';
import type { ImportRow } from '../shard-client.ts';

/** Rows that travel in one call, and are one commit. */
export interface ImportBatch {
  readonly operationId: string;
  /** Indices of the rows, in order. */
  readonly indices: readonly number[];
  /** JSON text: an array of the rows' cells. */
  readonly rows: string;
}

/** Bounds of a batch. */
interface ImportBatchLimits {
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
      yield { operationId: crypto.randomUUID(), indices: batch, rows: `[${texts.join()}]` };
      batch = [];
      texts = [];
      bytes = 0;
    }
    batch.push(index);
    texts.push(text);
    bytes += textBytes;
  }
  if (batch.length > 0) yield { operationId: crypto.randomUUID(), indices: batch, rows: `[${texts.join()}]` };
}

/**
 * The batches of each shard, in order.
 *
 * @param open those whose rows have moved; null: nothing was sent yet. A batch that has one owner again goes there as it
 * was: it may have been committed, by a shard whose answer was lost, and then must not be committed as another one.
 */
export function batchesByShard(
  rows: readonly ImportRow[],
  open: readonly ImportBatch[] | null,
  routing: Routing,
  limits: ImportBatchLimits,
): Map<string, Iterable<ImportBatch>[]> {
  const found = new Map<string, Iterable<ImportBatch>[]>();
  for (const batch of open ?? [null]) {
    const indicesByShard = groupByOwner(batch?.indices ?? [...rows.keys()], (index) => rows[index]!.shardKey, routing);
    for (const [shard, indices] of indicesByShard) {
      const batches = batch !== null && indicesByShard.size === 1 ? [batch] : importBatches(rows, indices, limits);
      const others = found.get(shard);
      if (others) others.push(batches);
      else found.set(shard, [batches]);
    }
  }
  return found;
}
