import { driverToWire } from '../../../model/codec.ts';
import type { ColumnModel, KeyModel, Model, TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import { MAX_BULK_ROWS } from '../../../shards/limits.ts';
import type { WireValues } from '../../../shards/operation.ts';
import { toShardKey } from '../../../shards/shard-key.ts';
import { type DraftedRow, placeOfRow, type RowsDraft } from './bulk-draft.ts';
import { createValues, type DataInput, missingValue } from './column-values.ts';
import { expectedVersionIn, expectsVersions } from './expected-version.ts';
import { atInputPath, atValues, type InputPath, withInputPath } from './input-path.ts';
import { requireOperations } from './nested/operation-list.ts';
import { hasNested } from './nested/relations.ts';
import { newTree } from './new-tree.ts';
import { checkOnConflict, noKeyValue, type OnConflictArguments } from './on-conflict.ts';

/** A row of `data`. */
type RowInput = DataInput & { readonly expectedVersion?: string | null };

/**
 * New rows, and what becomes of those whose key another row has.
 *
 * @throws ShardQLError that names the row in `inputPath`; OPERATION_LIMIT_EXCEEDED for too many.
 */
export function newRowsDraft(
  model: Model,
  table: TableModel,
  data: readonly RowInput[],
  args: OnConflictArguments,
): RowsDraft {
  const conflict = checkOnConflict(table, args);
  const { onConflict, key } = conflict;
  if (data.length > MAX_BULK_ROWS) throw withInputPath(tooManyRows(data.length), ['data']);
  const changed = onConflict === 'UPDATE' ? columnsThatChange(table, key!) : null;
  const isBulk = changed === null || knowsNewValues(table);
  const plain: DraftedRow[] = [];
  let operations = data.length;
  const rows = data.map((row, index) => {
    const path = ['data', index];
    if (isBulk && !hasNested(table, row)) {
      const drafted = atValues(placeOfRow(table, data, index), () => newRow(table, row, { key, changed }, path));
      plain.push(drafted);
      return drafted;
    }
    const drafted = newTree(model, table, row, conflict, path);
    operations += drafted.places.length - 1;
    atInputPath(path, () => requireOperations(operations));
    return drafted;
  });
  const set = changed && columnsGiven(plain).filter((name) => changed.has(name));
  return {
    kind: 'rows',
    table,
    rows,
    data,
    onConflict: onConflict === 'ERROR' ? null : { key: key?.names ?? null, set },
  };
}

/** How a row is taken that is there already. */
interface Found {
  /** By which it is found; null: by any, or not at all. */
  readonly key: KeyModel | null;
  /** Columns that may change; null: none does. */
  readonly changed: ReadonlySet<string> | null;
}

function newRow(table: TableModel, row: RowInput, { key, changed }: Found, path: InputPath): DraftedRow {
  const values: Record<string, WireValue> = {};
  const defaults: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(createValues(table, row) as WireValues)) {
    (row[name] === undefined ? defaults : values)[name] = value;
  }
  for (const column of key?.columns ?? [])
    if (!(column.name in values || column.name in defaults)) throw noKeyValue(table, column);
  const changes: Record<string, WireValue> = {};
  if (changed && Object.keys(values).some((name) => changed.has(name))) {
    for (const column of onUpdateColumns(table)) {
      if (column.name in values || !changed.has(column.name)) continue;
      changes[column.name] = driverToWire(column, column.onUpdateFn!());
      // SQLite's would come too late: the row gives a value for both.
      if (!(column.name in defaults)) defaults[column.name] = driverToWire(column, column.constantDefault);
    }
  }
  const shardKey = values[table.shardKey.name] ?? defaults[table.shardKey.name] ?? null;
  if (shardKey === null) throw missingValue(table, table.shardKey);
  const expectedVersion = expectsVersions(table) ? expectedVersionIn(row, path) : null;
  return { shardKey: toShardKey(table.shardKey, shardKey), values, defaults, changes, expectedVersion };
}

/** Rows that are there keep their keys. */
function columnsThatChange({ columns, primaryKey }: TableModel, { names }: KeyModel): ReadonlySet<string> {
  const all = columns.map(({ name }) => name);
  return new Set(all.filter((name) => !primaryKey.names.includes(name) && !names.includes(name)));
}

const columnsGiven = (rows: readonly DraftedRow[]): string[] => [
  ...new Set(rows.flatMap(({ values, changes }) => [...Object.keys(values), ...Object.keys(changes)])),
];

/**
 * Whether it is known here what new rows have in columns that follow changes. A default that is an expression is SQLite's to work
 * out: a bulk row cannot leave the column out if it is new, and give it a value if it is there.
 */
const knowsNewValues = (table: TableModel): boolean =>
  onUpdateColumns(table).every(({ defaultFn, hasExpressionDefault }) => defaultFn !== null || !hasExpressionDefault);

const onUpdateColumns = (table: TableModel): readonly ColumnModel[] =>
  table.columns.filter(({ generated, onUpdateFn }) => !generated && onUpdateFn !== null);

const tooManyRows = (count: number): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected at most ${MAX_BULK_ROWS.toLocaleString('en-US')} rows, but got ${count.toLocaleString('en-US')}. Send them in several requests.`,
  );
