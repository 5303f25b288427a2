import { ShardQLError } from '../../errors.ts';
import { MAX_BULK_ROWS } from '../../limits.ts';
import { type NewRows, type NewRowsOperations, newRowsOperations } from '../../new-rows.ts';
import type { ShardKey } from '../../shard-key.ts';
import { groupByOwner } from '../routing/group-by-owner.ts';
import type { Routing } from '../routing/router-state.ts';

/** Rows that travel in one call, and are one commit. */
export interface RowBatch extends NewRowsOperations {
  /** Indices of the rows, in order. */
  readonly indices: readonly number[];
  readonly shardKeys: readonly ShardKey[];
}

/** @throws ShardQLError OPERATION_LIMIT_EXCEEDED */
export function requireFewRows({ rows }: NewRows): void {
  if (rows.length <= MAX_BULK_ROWS) return;
  throw new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected at most ${MAX_BULK_ROWS.toLocaleString('en-US')} rows in one request, but got ${rows.length.toLocaleString('en-US')}. Send several requests, or import them.`,
  );
}

/**
 * One batch for each shard that owns some of the rows at `indices`.
 *
 * @throws ShardQLError REQUEST_TOO_LARGE for a batch that no call can carry.
 */
export function batchesByOwner(
  given: NewRows,
  indices: readonly number[],
  routing: Routing,
): [shard: string, batch: RowBatch][] {
  const indicesByShard = groupByOwner(indices, (index) => given.rows[index]!.shardKey, routing);
  return [...indicesByShard].map(([shard, own]) => {
    const rows = own.map((index) => given.rows[index]!);
    const shardKeys = [...new Set(rows.map(({ shardKey }) => shardKey))];
    return [shard, { indices: own, shardKeys, ...newRowsOperations(given, rows) }];
  });
}
