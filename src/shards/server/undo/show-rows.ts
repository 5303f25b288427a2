/** What an undo tells of rows: a page of each list, with values of bounded length. */

import { wireToOutput } from '../../../model/codec.ts';
import { InvalidValueError } from '../../../model/invalid-value-error.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { storedToWire } from '../../../model/values/stored-to-wire.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { ShownConflict, ShownRow, ShownValues, UndoPage, UndoPageRange } from '../../undo.ts';
import { readWireValues } from '../commit/locate-row.ts';
import type { LoggedValue } from '../log/row-image.ts';
import { type LostChange, type RowChange, SchemaChanged, type StoredValues } from './row-changes.ts';
import { findRow } from './row-statements.ts';
import type { LeftRow } from './undo-rows.ts';

/** Length of a text of which all is shown. */
const MAX_SHOWN_CHARACTERS = 200;
/** Length of a page's JSON beyond which it takes no further row. */
const MAX_PAGE_CHARACTERS = 200_000;

/** The part of `list` that `range` names, as far as there is room. */
export function pageOf<Item, Row>(
  list: readonly Item[],
  { offset, limit }: UndoPageRange,
  show: (item: Item) => Row,
): UndoPage<Row> {
  const rows: Row[] = [];
  let characters = 0;
  for (const item of list.slice(offset, offset + limit)) {
    const row = show(item);
    characters += JSON.stringify(row).length;
    rows.push(row);
    if (characters > MAX_PAGE_CHARACTERS) break;
  }
  return { total: list.length, rows };
}

/** A row that has gone back. `replaced`: what the undo itself has changed of it, by its log. */
export function showChange(session: SqlSession, change: RowChange, replaced: RowChange | undefined): ShownRow {
  const { table, kind } = change;
  const head = { table: table.typeName, key: shownValues(change.key) };
  if (kind === 'insert') return { ...head, before: null, after: shownValues(change.before(session)) };
  const before = replaced!.before(session);
  if (kind === 'delete') return { ...head, before: shownValues(before), after: null };
  const after = [...change.before(session)].filter(([column]) => before.has(column));
  return { ...head, before: shownValues(before), after: shownValues(new Map(after)) };
}

/** A row that stays. */
export function showConflict(session: SqlSession, left: LeftRow | LostChange): ShownConflict {
  if (isLeft(left)) return showLeft(session, left);
  const key = Object.fromEntries([...left.key].map(([name, value]) => [name, shownStored(value)]));
  const message = `Expected rows as tables are now, but got ${left.changed}.`;
  return { table: left.table, key, before: null, after: null, reason: 'SCHEMA_CHANGED', message };
}

const isLeft = (left: LeftRow | LostChange): left is LeftRow => 'conflict' in left;

function showLeft(session: SqlSession, { change, conflict }: LeftRow): ShownConflict {
  const { table, key, kind } = change;
  const after = kind === 'delete' ? null : valuesBefore(session, change);
  return {
    table: table.typeName,
    key: shownValues(key),
    before: showCurrent(session, table, key, kind === 'update' && after ? [...after.keys()] : null),
    after: after && shownValues(after),
    reason: conflict.reason,
    message: conflict.message,
  };
}

function valuesBefore(session: SqlSession, change: RowChange): StoredValues | null {
  try {
    return change.before(session);
  } catch (error) {
    if (error instanceof SchemaChanged) return null;
    throw error;
  }
}

/** `columns`: null: all. */
export function showCurrent(
  session: SqlSession,
  table: TableModel,
  key: StoredValues,
  columns: readonly ColumnModel[] | null,
): ShownValues | null {
  const row = findRow(session, table, key);
  if (row === null) return null;
  const shownColumns = columns ?? table.columns.filter(({ generated }) => !generated);
  const values = readWireValues(session, table, shownColumns, row.rowId);
  return Object.fromEntries(shownColumns.map((column) => [column.name, shownWire(column, values[column.name]!)]));
}

export const shownValues = (values: StoredValues): ShownValues =>
  Object.fromEntries(
    [...values].map(([column, value]) => [column.name, shownWire(column, storedToWire(column, value))]),
  );

const abbreviated = (text: string): string =>
  text.length <= MAX_SHOWN_CHARACTERS ? text : `${text.slice(0, MAX_SHOWN_CHARACTERS).toWellFormed()}…`;

/** As the API shows it; what it would not show, as it is stored. */
function shownWire(column: ColumnModel, wire: WireValue): unknown {
  if (typeof wire === 'string' && wire.length > MAX_SHOWN_CHARACTERS) return abbreviated(wire);
  try {
    return wireToOutput(column, wire) ?? null;
  } catch (error) {
    if (error instanceof InvalidValueError || error instanceof SyntaxError || error instanceof RangeError) return wire;
    throw error;
  }
}

/** As it is stored, for what no column of the model says how to show. */
export function shownStored(value: LoggedValue): unknown {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return value.digits;
    case 'blob':
      return `${value.value.byteLength} bytes`;
    default:
      return typeof value.value === 'string' ? abbreviated(value.value) : value.value;
  }
}

/** Names a row among those of a commit. */
export const placeOf = ({ typeName, primaryKey }: TableModel, key: StoredValues): string =>
  JSON.stringify([typeName, ...primaryKey.columns.map((column) => storedToWire(column, key.get(column)!))]);

/** The key that a row has once it has gone back. */
export function keyBack(session: SqlSession, { table, key, kind, before }: RowChange): StoredValues {
  if (kind === 'delete') return key;
  const values = before(session);
  return new Map(table.primaryKey.columns.map((column) => [column, values.get(column) ?? key.get(column)!]));
}
