import { driverToWire } from '../../../model/codec.ts';
import type { ColumnModel, KeyModel, TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import { MAX_BULK_ROWS } from '../../../shards/limits.ts';
import type { WireValues } from '../../../shards/operation.ts';
import { toShardKey } from '../../../shards/shard-key.ts';
import type { DraftedRow, RowsDraft } from './bulk-draft.ts';
import { createValues, type DataInput, missingValue } from './column-values.ts';
import { expectedVersionArgument, expectsVersions } from './expected-version.ts';
import { withInputPath } from './input-path.ts';
import { checkOnConflict, type OnConflictArguments } from './on-conflict.ts';
import { refuseRelated } from './refuse-related.ts';

/** A row of `data`. */
type RowInput = DataInput & { readonly expectedVersion?: string | null };

/**
 * New rows, and what becomes of those whose key another row has.
 *
 * @throws ShardQLError that names the row in `inputPath`; OPERATION_LIMIT_EXCEEDED for too many.
 */
export function newRowsDraft(table: TableModel, data: readonly RowInput[], args: OnConflictArguments): RowsDraft {
  const { onConflict, key } = checkOnConflict(table, args);
  if (data.length > MAX_BULK_ROWS) throw tooManyRows(data.length);
  const changed = onConflict === 'UPDATE' ? columnsThatChange(table, key!) : null;
  const rows = data.map((row, index) => {
    try {
      return newRow(table, row, changed);
    } catch (error) {
      throw withInputPath(error, ['data', index]);
    }
  });
  const set = changed && columnsGiven(rows).filter((name) => changed.has(name));
  return {
    kind: 'rows',
    table,
    rows,
    onConflict: onConflict === 'ERROR' ? null : { key: key?.names ?? null, set },
  };
}

/** @param changed columns that the row may change of one that is there; null: none is changed. */
function newRow(table: TableModel, row: RowInput, changed: ReadonlySet<string> | null): DraftedRow {
  refuseRelated(table, row, 'create');
  const values: Record<string, WireValue> = {};
  const defaults: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(createValues(table, row) as WireValues)) {
    (row[name] === undefined ? defaults : values)[name] = value;
  }
  if (changed && Object.keys(values).some((name) => changed.has(name))) {
    for (const column of onUpdateColumns(table)) {
      if (column.name in values) continue;
      values[column.name] = driverToWire(column, column.onUpdateFn!());
      delete defaults[column.name];
    }
  }
  const shardKey = values[table.shardKey.name] ?? defaults[table.shardKey.name] ?? null;
  if (shardKey === null) throw missingValue(table, table.shardKey);
  const expectedVersion = expectsVersions(table) ? expectedVersionArgument(row.expectedVersion) : null;
  return { shardKey: toShardKey(table.shardKey, shardKey), values, defaults, expectedVersion };
}

/** Rows that are there keep their keys. */
function columnsThatChange({ columns, primaryKey }: TableModel, { names }: KeyModel): ReadonlySet<string> {
  const all = columns.map(({ name }) => name);
  return new Set(all.filter((name) => !primaryKey.names.includes(name) && !names.includes(name)));
}

const columnsGiven = (rows: readonly DraftedRow[]): string[] => [
  ...new Set(rows.flatMap(({ values }) => Object.keys(values))),
];

const onUpdateColumns = (table: TableModel): readonly ColumnModel[] =>
  table.columns.filter(({ generated, onUpdateFn }) => !generated && onUpdateFn !== null);

const tooManyRows = (count: number): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected at most ${MAX_BULK_ROWS.toLocaleString('en-US')} rows, but got ${count.toLocaleString('en-US')}. Send them in several requests.`,
  );
