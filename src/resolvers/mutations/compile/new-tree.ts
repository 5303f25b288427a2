/** Rows of a bulk write that have related ones: each is written by operations of its own, in the transaction of its shard. */
import type { ColumnModel, KeyModel, TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { toWire } from '../../../plans/arguments/wire-input.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { OperationValue, RowKey } from '../../../shards/operation.ts';
import { toShardKey } from '../../../shards/shard-key.ts';
import type { DraftedTree } from './bulk-draft.ts';
import { type DataInput, missingValue } from './column-values.ts';
import { defaultValue } from './derived-shard-key.ts';
import { expectedVersionIn, expectsVersions } from './expected-version.ts';
import { atValues, type InputPath, withInputPath } from './input-path.ts';
import { SHARD_KEY } from './nested/draft-values.ts';
import type { DraftRow } from './nested/related-rows.ts';
import { RowWriter } from './nested/row-writer.ts';
import { shardKeyOfNew } from './nested/shard-key-of-new.ts';
import { type CheckedOnConflict, noKeyValue } from './on-conflict.ts';
import { rowDraft } from './write-draft.ts';

/**
 * What is nested in a row is written if the row is created: of one that is there already, columns alone are set.
 *
 * @param row columns, relations, and perhaps an `expectedVersion`.
 * @param path of the row in the arguments.
 */
export function newTree(
  scope: RowScope,
  table: TableModel,
  row: DataInput,
  conflict: CheckedOnConflict,
  path: InputPath,
): DraftedTree {
  const writer = new RowWriter(scope);
  const key = atValues({ path, table: table.typeName, values: row }, () => shardKeyOfNew(scope, table, row));
  const shardKey = key.shardKey ?? key.defaultShardKey;
  if (shardKey === null) throw withInputPath(missingValue(table, table.shardKey), path);
  const { operation: shown } = addRow(writer, table, row, conflict, path);
  const draft = rowDraft(writer.list, { table, operation: shown, known: {} }, { ...key, lookup: null });
  return {
    shardKey: toShardKey(table.shardKey, shardKey),
    operationsAt: (first, select) => draft.operationsAt({ shardKey, select, first, rows: [] }).operations,
    shown,
    places: writer.list.places,
    isIgnored: conflict.onConflict === 'IGNORE',
  };
}

function addRow(
  writer: RowWriter,
  table: TableModel,
  row: DataInput,
  { onConflict, key }: CheckedOnConflict,
  path: InputPath,
): DraftRow {
  const part = { path, when: null };
  if (onConflict === 'ERROR') return writer.create(table, { data: row, part });
  if (key === null) throw withInputPath(noKeyNamed(), ['conflictKey']);
  const expectedVersion = onConflict === 'UPDATE' && expectsVersions(table) ? expectedVersionIn(row, path) : null;
  // NULL equals nothing: no row is there already.
  if (expectedVersion === null && key.names.some((name) => row[name] === null))
    return writer.create(table, { data: row, part });
  const place = { path, table: table.typeName, values: row };
  const target = { key: atValues(place, () => keyOf(table, key, row)), within: null, expectedVersion };
  const data = onConflict === 'UPDATE' ? columnsToSet(table, key, row) : {};
  const upsert = { create: { data: row, part }, update: { data, part }, unlessEqual: true };
  return writer.upsert(table, target, upsert, part);
}

/** By which the row is looked for. */
const keyOf = (table: TableModel, key: KeyModel, row: DataInput): RowKey => ({
  columns: key.names,
  values: key.columns.map((column) => keyValue(table, column, row[column.name])),
});

function keyValue(table: TableModel, column: ColumnModel, given: unknown): OperationValue {
  if (column === table.shardKey) return SHARD_KEY;
  if (given !== undefined) return toWire(table, column, given);
  if (column.defaultFn) return defaultValue(table, column);
  throw noKeyValue(table, column);
}

/** Of a row that is there, keys stay, and what the caller may give new rows alone. */
const columnsToSet = ({ columns, primaryKey, rules }: TableModel, key: KeyModel, row: DataInput): DataInput =>
  Object.fromEntries(
    columns
      .filter(({ name }) => rules === null || rules.update?.columns.has(name))
      .filter((column) => !primaryKey.columns.includes(column) && !key.columns.includes(column))
      .flatMap(({ name }) => (row[name] === undefined ? [] : [[name, row[name]]])),
  );

const noKeyNamed = () =>
  badUserInput(
    'Expected conflictKey to name the key by which rows that have related ones are found, but got none with onConflict IGNORE.',
  );
