/** Rows that are to be created, and the operation that creates those of one shard. */
import { ShardQLError } from './errors.ts';
import { MAX_RPC_BYTES } from './limits.ts';
import type { CreateCell, OnConflict, OperationOf, Selection, WireValues } from './operation.ts';
import { rpcBytes } from './protocol/json-text.ts';
import type { ShardKey } from './shard-key.ts';
import type { Version } from './version.ts';

/** A row that is to be created. */
export interface NewRow {
  readonly shardKey: ShardKey;
  /** Columns that are in neither `values` nor `defaults` get SQLite's defaults, or keep their values if the row is there. */
  readonly values: WireValues;
  /** Values of other columns, which a row does not take that is there already. Absent: none. */
  readonly defaults?: WireValues | undefined;
  /** `CONFLICT` if the row is there already with another version, `NOT_FOUND` if it is not. Absent or null: any will do. */
  readonly expectedVersion?: Version | null | undefined;
}

export interface NewRows {
  /** GraphQL type. */
  readonly table: string;
  /** At most `MAX_BULK_ROWS`. */
  readonly rows: readonly NewRow[];
  /** Null: a row that is there already is a `UNIQUE_VIOLATION`. */
  readonly onConflict: OnConflict | null;
  readonly select: Selection;
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
  const columns = [...columnsGiven(rows)];
  const text = JSON.stringify(rows.map((row) => columns.map((name) => cellOf(row, name))));
  if (rpcBytes(text) > MAX_RPC_BYTES) throw tooLarge();
  const expectedVersions = rows.some(({ expectedVersion }) => expectedVersion != null)
    ? rows.map(({ expectedVersion }) => expectedVersion ?? null)
    : null;
  return { kind: 'createMany', table, columns, rows: text, onConflict, expectedVersions, select };
}

function columnsGiven(rows: readonly NewRow[]): Set<string> {
  const names = new Set<string>();
  for (const { values, defaults } of rows) {
    for (const name in values) names.add(name);
    for (const name in defaults) names.add(name);
  }
  return names;
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
