import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { ColumnModel, Model, TableModel, WireValue } from '../../../model/types.ts';
import { storedToWire } from '../../../model/values/stored-to-wire.ts';
import { cellToWire } from '../../../model/wire-kinds.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { stampedColumnSets, stampedColumns } from '../../stamped-columns.ts';
import { rowBucket, valueBucket } from '../../stamps.ts';
import { decodeHead, decodeImage, type Image, loggedValueBinding, loggedValueSql } from '../log/row-image.ts';
import { type LoggedChange, readChangesBackwards, readLoggedImage } from '../tables/log-changes.ts';
import { WIRE_KIND_SQL } from '../wire-kind-sql.ts';
import { cellSql } from './cell-sql.ts';

/** What of a row decides its buckets: wire values by SQL name. */
type RowState = ReadonlyMap<string, WireValue>;

/** How a table's rows are stamped. */
interface StampedTable {
  readonly columns: readonly ColumnModel[];
  readonly columnBySqlName: ReadonlyMap<string, ColumnModel>;
  readonly key: readonly ColumnModel[];
  readonly sets: readonly { readonly names: readonly string[]; readonly sqlNames: readonly string[] }[];
  /** SQL that reads `columns` of one row: conditions follow. */
  readonly selectOne: string;
  /** The same of many, with their places in a JSON list of key values; null: those are not exact in JSON. */
  readonly selectMany: string | null;
}

/**
 * The buckets of all rows of a table that changed under a shard key after `seq`: of their primary keys, and of the values
 * that they had, before, in between or now, in each stamped column set. A set with a NULL has no bucket, as lookups by a
 * NULL find nothing. Null if buckets are unknown: the log has no old values of generated columns.
 */
export function changedBuckets(
  session: SqlSession,
  model: Model,
  table: TableModel,
  shardKey: string,
  seq: number,
): Set<number> | null {
  const stamped = stampedTable(table, model);
  if (stamped === null) return null;
  const changes = readChangesBackwards(session, table.sqlName, shardKey, seq).map((change) => {
    const key = decodeImage(change.pk);
    return { ...change, key, id: JSON.stringify(keyValues(stamped, toState(stamped, key))) };
  });
  const buckets = new Set<number>();
  /** Rows as they were after the change that comes next, walking back; at first as they are now. */
  const states = readRows(session, stamped, new Map(changes.map(({ id, key }) => [id, key])));
  for (const { id, ...change } of changes) {
    const after = states.get(id) ?? null;
    const before = stateBefore(session, stamped, change, after);
    for (const state of [after, before]) if (state !== null) addBuckets(buckets, stamped, state);
    states.set(id, null);
    // A cascade may have given the row another key.
    if (before !== null) states.set(JSON.stringify(keyValues(stamped, before)), before);
  }
  return buckets;
}

const stampedTable = memoizeByObject((table: TableModel, model: Model): StampedTable | null => {
  const key = table.primaryKey.columns;
  const sets = stampedColumnSets(table, model).map((names) => names.map((name) => table.columnByName.get(name)!));
  const columns = stampedColumns(model, table);
  if (columns.some(({ generated }) => generated)) return null;
  return {
    columns,
    columnBySqlName: new Map(columns.map((column) => [column.sqlName, column])),
    key,
    sets: sets.map((set) => ({ names: set.map(({ name }) => name), sqlNames: set.map(({ sqlName }) => sqlName) })),
    selectOne: `SELECT ${columns.map(cellSql).join(', ')} FROM ${quoteName(table.sqlName)}`,
    selectMany: selectMany(table, columns),
  };
});

function selectMany({ sqlName, primaryKey }: TableModel, columns: readonly ColumnModel[]): string | null {
  if (primaryKey.columns.some(({ wire }) => wire === 'real' || wire === 'decimal')) return null;
  const isEqual = primaryKey.columns.map(
    (column, at) => `${quoteName(column.sqlName)} = ${WIRE_KIND_SQL[column.wire].fromJson(`_key ->> ${at}`)}`,
  );
  return `SELECT _at, ${columns.map(cellSql).join(', ')}
    FROM (SELECT key AS _at, value AS _key FROM json_each(?)) CROSS JOIN ${quoteName(sqlName)} WHERE ${isEqual.join(' AND ')}`;
}

function toState({ columnBySqlName }: StampedTable, image: Image): RowState {
  const state = new Map<string, WireValue>();
  for (const [sqlName, stored] of image) {
    const column = columnBySqlName.get(sqlName);
    if (column !== undefined) state.set(sqlName, storedToWire(column, stored));
  }
  return state;
}

function stateBefore(
  session: SqlSession,
  stamped: StampedTable,
  change: LoggedChange,
  after: RowState | null,
): RowState | null {
  if (change.op === 'insert') return null;
  const old = toState(stamped, oldValues(session, stamped, change));
  return change.op === 'delete' ? old : new Map([...(after ?? []), ...old]);
}

/** Stamped columns are logged before the others: once another one begins, the rest of the image does not matter. */
function oldValues(session: SqlSession, { columnBySqlName }: StampedTable, { seq, head }: LoggedChange): Image {
  const { values, cut, isWhole } = decodeHead(head!);
  const isEnough = isWhole || (cut !== null && !columnBySqlName.has(cut));
  return isEnough ? values : decodeImage(readLoggedImage(session, seq));
}

/** Rows as they are now, by id; those that are not there are left out. */
function readRows(
  session: SqlSession,
  stamped: StampedTable,
  keys: ReadonlyMap<string, Image>,
): Map<string, RowState | null> {
  const ids = [...keys.keys()];
  if (stamped.selectMany === null || ids.length === 1) {
    return new Map([...keys].map(([id, key]) => [id, readRow(session, stamped, key)]));
  }
  const rows = session.rows(stamped.selectMany, `[${ids.join()}]`);
  return new Map(rows.map(([at, ...cells]) => [ids[at as number]!, rowState(stamped, cells)]));
}

function readRow(session: SqlSession, stamped: StampedTable, key: Image): RowState | null {
  const conditions = [...key].map(([sqlName, stored]) => `${quoteName(sqlName)} = ${loggedValueSql(stored)}`);
  const row = session.row(
    `${stamped.selectOne} WHERE ${conditions.join(' AND ')}`,
    ...[...key.values()].map(loggedValueBinding),
  );
  return row === undefined ? null : rowState(stamped, row);
}

const rowState = ({ columns }: StampedTable, cells: readonly SqlStorageValue[]): RowState =>
  new Map(columns.map((column, index) => [column.sqlName, cellToWire(column, cells[index]!)]));

const keyValues = ({ key }: StampedTable, state: RowState): WireValue[] =>
  key.map(({ sqlName }) => state.get(sqlName) ?? null);

function addBuckets(buckets: Set<number>, stamped: StampedTable, state: RowState): void {
  buckets.add(rowBucket(keyValues(stamped, state)));
  for (const { names, sqlNames } of stamped.sets) {
    const values = sqlNames.map((sqlName) => state.get(sqlName) ?? null);
    if (!values.includes(null)) buckets.add(valueBucket(names, values));
  }
}
