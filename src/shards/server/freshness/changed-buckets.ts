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
import { cellSql } from './cell-sql.ts';

/** What of a row decides its buckets: wire values by SQL name. */
type RowState = ReadonlyMap<string, WireValue>;

/** How a table's rows are stamped. */
interface StampedTable {
  readonly columns: readonly ColumnModel[];
  readonly columnBySqlName: ReadonlyMap<string, ColumnModel>;
  readonly key: readonly ColumnModel[];
  readonly sets: readonly { readonly names: readonly string[]; readonly sqlNames: readonly string[] }[];
  /** `SELECT … FROM …` of `columns`. */
  readonly select: string;
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
  const buckets = new Set<number>();
  /** Rows as they were after the change that comes next, walking back; those not in here yet are as they are now. */
  const states = new Map<string, RowState | null>();
  for (const change of readChangesBackwards(session, table.sqlName, shardKey, seq)) {
    const key = decodeImage(change.pk);
    const id = JSON.stringify(keyValues(stamped, toState(stamped, key)));
    const after = states.has(id) ? states.get(id)! : readRow(session, stamped, key);
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
    select: `SELECT ${columns.map(cellSql).join(', ')} FROM ${quoteName(table.sqlName)}`,
  };
});

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

function readRow(session: SqlSession, { columns, select }: StampedTable, key: Image): RowState | null {
  const conditions = [...key].map(([sqlName, stored]) => `${quoteName(sqlName)} = ${loggedValueSql(stored)}`);
  const row = session.row(`${select} WHERE ${conditions.join(' AND ')}`, ...[...key.values()].map(loggedValueBinding));
  return row === undefined
    ? null
    : new Map(columns.map((column, index) => [column.sqlName, cellToWire(column, row[index]!)]));
}

const keyValues = ({ key }: StampedTable, state: RowState): WireValue[] =>
  key.map(({ sqlName }) => state.get(sqlName) ?? null);

function addBuckets(buckets: Set<number>, stamped: StampedTable, state: RowState): void {
  buckets.add(rowBucket(keyValues(stamped, state)));
  for (const { names, sqlNames } of stamped.sets) {
    const values = sqlNames.map((sqlName) => state.get(sqlName) ?? null);
    if (!values.includes(null)) buckets.add(valueBucket(names, values));
  }
}
