/** Tables as a migration finds them in the database, which are neither those of the release before nor yet those of this one. */
import { type Model, ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { shardKeySql } from '../../shard-key.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { quoteName, quoteText, TRUE_SQL } from '../../sql/sql-text.ts';
import type { LoggedTable, StoredColumn } from '../log/logged-table.ts';
import { anyDiffersSql, keyImageSql } from '../log/row-image-sql.ts';

/** How the copy of a table is called that the statements of a rebuild make. */
export const NEW_PREFIX = '__new_';
/** The same of a copy that is made in steps, before the statements run. */
export const COPY_PREFIX = '__copy_';
/** A table whose place such a copy has taken. */
export const OLD_PREFIX = '__old_';

/** Whether a table is none of the model, but is about to take the place of one, or has left it. */
export const isPartOfRebuild = (name: string): boolean =>
  [NEW_PREFIX, COPY_PREFIX, OLD_PREFIX].some((prefix) => name.startsWith(prefix));

/**
 * Null: there is none of that name, or none whose rows have versions.
 *
 * @param name that the model knows it by.
 */
export function storedTable(session: ReadSession, model: Model, sqlName: string, name = sqlName): LoggedTable | null {
  const columns = readColumns(session, sqlName);
  if (!columns.some((column) => column.name === ROW_VERSION_COLUMN)) return null;
  const stored = columns.filter((column) => !column.isGenerated && column.name !== ROW_VERSION_COLUMN);
  const key = columns.filter(({ position }) => position > 0).sort((a, b) => a.position - b.position);
  return {
    sqlName,
    columns: stored.map(toColumn),
    primaryKey: key.map(toColumn),
    shardKey: (row) => shardKeyOf(model, name, columns, key, row),
  };
}

/**
 * By the column that the model names, if the table has it. Else any column of the primary key may be it: of their
 * values, those count that are shard keys of this shard.
 */
function shardKeyOf(model: Model, name: string, columns: readonly Column[], key: readonly Column[], row: string) {
  const shardKey = model.tables.find((table) => table.sqlName === name)?.shardKey;
  if (shardKey && columns.some((column) => column.name === shardKey.sqlName)) {
    return { value: shardKeySql(shardKey, `${row}.${quoteName(shardKey.sqlName)}`), condition: null };
  }
  const values = key.map((column) => anyShardKeySql(`${row}.${quoteName(column.name)}`));
  return { value: '_keys.shard_key', condition: `_keys.shard_key IN (${values.join(', ')})` };
}

const anyShardKeySql = (value: string): string =>
  `CASE typeof(${value}) WHEN 'blob' THEN 'b:' || lower(hex(${value})) WHEN 'integer' THEN 'i:' || ${value} ELSE 't:' || ${value} END`;

const isIn = (columns: readonly StoredColumn[]) => (column: StoredColumn) =>
  columns.some(({ sqlName }) => sqlName === column.sqlName);

/** Whether the same columns are the primary key. */
export const hasSameKey = (before: LoggedTable, after: LoggedTable): boolean =>
  after.primaryKey.length === before.primaryKey.length && after.primaryKey.every(isIn(before.primaryKey));

/** True if a row, `o` before and `n` after, has other values. */
export function changedSql(before: LoggedTable, after: LoggedTable): string {
  const common = after.columns.filter(isIn(before.columns));
  // A column that went and one that came may be one that was renamed and converted at once.
  const mayBeRenamed = common.length < after.columns.length && common.length < before.columns.length;
  return mayBeRenamed ? TRUE_SQL : anyDiffersSql(common, 'o', 'n');
}

interface LoggedRows {
  /** Tag of the last migration before. */
  readonly schema: string;
  /** The table that the rows are logged for. */
  readonly name: string;
  readonly table: LoggedTable;
  /** The alias of {@link table} in what follows. */
  readonly row: string;
  readonly operation: 'insert' | 'update' | 'delete';
  readonly image: string;
  readonly from: string;
  readonly condition: string;
}

/** Logs rows as changed by the commit that the clock is at. */
export function logRows(session: SqlSession, rows: LoggedRows): void {
  const { schema, name, table, row, operation, image, from, condition } = rows;
  const shardKey = table.shardKey(row);
  const keys = shardKey.condition === null ? '' : ', _keys';
  session.run(
    `INSERT INTO _log (version, origin, schema, "table", pk, shard_key, op, image)
     SELECT _clock.version, _clock.origin, ${quoteText(schema)}, ${quoteText(name)}, ${keyImageSql(table, row)},
       ${shardKey.value}, '${operation}', ${image}
     FROM _clock, ${from}${keys} WHERE ${condition}${shardKey.condition === null ? '' : ` AND ${shardKey.condition}`}`,
  );
}

interface Column {
  readonly name: string;
  /** As it was declared. */
  readonly type: string;
  /** In the primary key, from 1 on; 0: it is not in it. */
  readonly position: number;
  readonly isGenerated: boolean;
}

/** SQLite's rule for TEXT affinity (sqlite.org/datatype3.html, 3.1). */
const toColumn = ({ name, type }: Column): StoredColumn => ({
  sqlName: name,
  mayBeReal: /int/i.test(type) || !/char|clob|text/i.test(type),
});

/** In the order of the table; none: there is no such table. */
export const readColumns = (session: ReadSession, table: string): Column[] =>
  session
    .rows('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?)', table)
    .map(([name, type, position, hidden]) => ({
      name: name as string,
      type: type as string,
      position: position as number,
      isGenerated: hidden !== 0,
    }));
