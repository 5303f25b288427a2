import { driverToWire } from '../../../model/codec.ts';
import type { ColumnModel, KeyModel, TableModel, WireValue } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import { MAX_BULK_ROWS } from '../../../shards/limits.ts';
import type { WireValues } from '../../../shards/operation.ts';
import { toShardKey } from '../../../shards/shard-key.ts';
import { type DraftedRow, placeOfRow, type RowsDraft } from './bulk-draft.ts';
import { allColumns, createValues, type DataInput, missingValue } from './column-values.ts';
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
  scope: RowScope,
  table: TableModel,
  data: readonly RowInput[],
  args: OnConflictArguments,
): RowsDraft {
  const conflict = checkOnConflict(table, args);
  const { onConflict, key } = conflict;
  if (data.length > MAX_BULK_ROWS) throw withInputPath(tooManyRows(data.length), ['data']);
  if (onConflict === 'UPDATE' && table.rules?.update === null) {
    throw withInputPath(mayNotChange(scope, table), ['onConflict']);
  }
  const changed = onConflict === 'UPDATE' ? columnsThatChange(scope, table, key!) : null;
  const isBulk = changed === null || knowsNewValues(scope, table);
  const plain: DraftedRow[] = [];
  let operations = data.length;
  const rows = data.map((row, index) => {
    const path = ['data', index];
    if (isBulk && !hasNested(table, row)) {
      const drafted = atValues(placeOfRow(table, data, index), () => newRow(scope, table, row, { key, changed }, path));
      plain.push(drafted);
      return drafted;
    }
    const drafted = newTree(scope, table, row, conflict, path);
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

function newRow(
  scope: RowScope,
  table: TableModel,
  row: RowInput,
  { key, changed }: Found,
  path: InputPath,
): DraftedRow {
  const values: Record<string, WireValue> = {};
  const defaults: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(createValues(scope, table, row) as WireValues)) {
    (row[name] === undefined ? defaults : values)[name] = value;
  }
  for (const column of key?.columns ?? [])
    if (!(column.name in values || column.name in defaults)) throw noKeyValue(table, column);
  const changes: Record<string, WireValue> = {};
  if (changed && Object.keys(values).some((name) => changed.has(name))) {
    const presets = scope.access.presetsOf(table.typeName, 'update');
    for (const column of followingColumns(scope, table)) {
      const isPreset = column.name in presets;
      if (!isPreset && (column.name in values || !changed.has(column.name))) continue;
      changes[column.name] = isPreset ? presets[column.name]! : driverToWire(column, column.onUpdateFn!());
      // SQLite's would come too late: the row gives a value for both.
      if (!(column.name in defaults)) defaults[column.name] = driverToWire(column, column.constantDefault);
    }
  }
  const shardKey = values[table.shardKey.name] ?? defaults[table.shardKey.name] ?? null;
  if (shardKey === null) throw missingValue(table, table.shardKey);
  const expectedVersion = expectsVersions(table) ? expectedVersionIn(row, path) : null;
  return { shardKey: toShardKey(table.shardKey, shardKey), values, defaults, changes, expectedVersion };
}

/** Rows that are there keep their keys, and what the caller may give new rows alone. */
function columnsThatChange(scope: RowScope, table: TableModel, { names }: KeyModel): ReadonlySet<string> {
  const following = followingColumns(scope, table).map(({ name }) => name);
  const all = mayChange(
    table,
    allColumns(scope.model, table).map(({ name }) => name),
  );
  return new Set(
    [...all, ...following].filter((name) => !table.primaryKey.names.includes(name) && !names.includes(name)),
  );
}

/** Those of columns that the caller may change. */
const mayChange = ({ rules }: TableModel, names: readonly string[]): readonly string[] =>
  rules === null ? names : names.filter((name) => rules.update?.columns.has(name));

const columnsGiven = (rows: readonly DraftedRow[]): string[] => [
  ...new Set(rows.flatMap(({ values, changes }) => [...Object.keys(values), ...Object.keys(changes)])),
];

/**
 * Whether it is known here what new rows have in columns that follow changes. A default that is an expression is SQLite's to work
 * out: a bulk row cannot leave the column out if it is new, and give it a value if it is there.
 */
const knowsNewValues = (scope: RowScope, table: TableModel): boolean =>
  followingColumns(scope, table).every(
    ({ defaultFn, hasExpressionDefault }) => defaultFn !== null || !hasExpressionDefault,
  );

/** Columns that are set whenever a row changes: by the model, or by a rule. */
function followingColumns({ model, access }: RowScope, table: TableModel): readonly ColumnModel[] {
  const presets = access.presetsOf(table.typeName, 'update');
  return allColumns(model, table).filter(
    ({ name, generated, onUpdateFn }) => name in presets || (!generated && onUpdateFn !== null),
  );
}

/** Shards name rules in the same way. */
function mayNotChange({ access }: RowScope, { typeName }: TableModel): ShardQLError {
  const message = `Expected rows of ${typeName} that are new, since the caller may change none, but got onConflict UPDATE. Leave it out.`;
  const path = access.pathOf(typeName);
  if (path === undefined) return new ShardQLError('FORBIDDEN', message, { table: typeName });
  const accessRule = `${path}.update`;
  return new ShardQLError('FORBIDDEN', `${message} Denied by ${accessRule}.`, { table: typeName, accessRule });
}

const tooManyRows = (count: number): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected at most ${MAX_BULK_ROWS.toLocaleString('en-US')} rows, but got ${count.toLocaleString('en-US')}. Send them in several requests.`,
  );
