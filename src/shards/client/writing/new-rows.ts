import { ShardQLError } from '../../errors.ts';
import { MAX_BULK_ROWS, MAX_RPC_BYTES } from '../../limits.ts';
import type { CreateCell, OperationOf } from '../../operation.ts';
import { rpcBytes } from '../../protocol/json-text.ts';
import type { ShardKey } from '../../shard-key.ts';
import { groupByOwner } from '../routing/group-by-owner.ts';
import type { Routing } from '../routing/router-state.ts';
import type { NewRow, NewRows } from '../shard-client.ts';

/** Rows that travel in one call, and are one commit. */
export interface RowBatch {
  /** Indices of the rows, in order. */
  readonly indices: readonly number[];
  readonly shardKeys: readonly ShardKey[];
  readonly operation: OperationOf<'createMany'>;
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
    return [shard, { indices: own, shardKeys, operation: createManyOperation(given, rows) }];
  });
}

/**
 * One operation for rows of one shard.
 *
 * @throws ShardQLError REQUEST_TOO_LARGE if no call can carry it.
 */
export function createManyOperation(
  { table, onConflict, select }: Omit<NewRows, 'rows'>,
  rows: readonly NewRow[],
): OperationOf<'createMany'> {
  const columns = [...new Set(rows.flatMap(({ values, defaults }) => Object.keys({ ...values, ...defaults })))];
  const text = JSON.stringify(rows.map((row) => columns.map((name) => cellOf(row, name))));
  if (rpcBytes(text) > MAX_RPC_BYTES) throw tooLarge();
  const expectedVersions = rows.some(({ expectedVersion }) => expectedVersion != null)
    ? rows.map(({ expectedVersion }) => expectedVersion ?? null)
    : null;
  return { kind: 'createMany', table, columns, rows: text, onConflict, expectedVersions, select };
}

function cellOf({ values, defaults }: NewRow, name: string): CreateCell {
  const value = values[name];
  if (value !== undefined) return value;
  const fallback = defaults?.[name];
  return fallback === undefined ? [] : [fallback];
}

const tooLarge = (): ShardQLError =>
  new ShardQLError(
    'REQUEST_TOO_LARGE',
    `Expected rows of at most ${MAX_RPC_BYTES / 1024 / 1024} MiB for one shard, but got more. Send several requests.`,
  );
