import type { ColumnModel, KeyModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { orSql, quoteName, TRUE_SQL } from '../../sql/sql-text.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { boundValueSql, jsonValueSql } from './column-sql.ts';

/** Inserts of many rows at once. */
interface RowsInsert {
  readonly table: TableModel;
  /** Those that the rows give. All others take their defaults. */
  readonly columns: readonly ColumnModel[];
  /** What becomes of a row that is there already; null: the insert fails. */
  readonly conflict: Conflict | null;
  /** Result columns, of each row that is written. */
  readonly returning: readonly string[];
}

/** A row is there already if one has the same key. */
interface Conflict {
  /** Among the given columns. Null: any key of the table. */
  readonly key: KeyModel | null;
  /**
   * The given columns whose values it takes over, unless all of them are equal: then it is not written. None: it stays as it
   * is. All others keep their values.
   */
  readonly set: readonly ColumnModel[];
}

export interface InsertStatements {
  /** For all rows of one parameter: a JSON array of rows, each an array of wire values. */
  readonly bulk: string;
  /** For one row whose values are parameters of their own: values may be too large for JSON text. */
  readonly single: string;
}

export function insertStatements(insert: RowsInsert): InsertStatements {
  const { columns } = insert;
  return {
    bulk: insertSql(
      insert,
      columns.map((column, index) => jsonValueSql(column, `value ->> ${index}`)),
      ' FROM json_each(?)',
    ),
    single: insertSql(
      insert,
      columns.map((column) => boundValueSql(column, '?')),
      '',
    ),
  };
}

function insertSql(
  { table, columns, conflict, returning }: RowsInsert,
  values: readonly string[],
  source: string,
): string {
  const key = conflict?.key ?? null;
  const kept = key === null ? [] : columnsToKeep(table, columns);
  const given = values.map((value, index) => `${value} AS ${givenName(index)}`).join(', ');
  const names = [...columns, ...kept].map((column) => quoteName(column.sqlName));
  const selected = [
    ...columns.map((_, index) => `given.${givenName(index)}`),
    ...kept.map((column) => `stored.${quoteName(column.sqlName)}`),
    CLOCK_VERSION_SQL,
  ];
  const join = key !== null && kept.length > 0 ? storedRowJoin(table, key, columns) : '';
  return `INSERT INTO ${quoteName(table.sqlName)} AS target (${names.join(', ')}, ${ROW_VERSION_COLUMN})
SELECT ${selected.join(', ')} FROM (SELECT ${given}${source}) AS given${join} WHERE ${TRUE_SQL}
${conflict === null ? '' : onConflict(table, conflict)}${returning.length > 0 ? ` RETURNING ${returning.join(', ')}` : ''}`;
}

/** The columns of a subquery cannot have all names that those of a table can: not `true`, for one. */
const givenName = (index: number): string => `_${index}`;

/**
 * Columns without a default that are NOT NULL and not given. SQLite checks NOT NULL before it looks for a conflict, so
 * an upsert must name them even for rows that are there: with the values that these rows have.
 */
const columnsToKeep = (table: TableModel, given: readonly ColumnModel[]): ColumnModel[] =>
  table.columns.filter(
    (column) => column.notNull && !column.hasSqlDefault && !column.generated && !given.includes(column),
  );

function storedRowJoin(table: TableModel, key: KeyModel, given: readonly ColumnModel[]): string {
  const conditions = key.columns.map(
    (column) => `stored.${quoteName(column.sqlName)} = given.${givenName(given.indexOf(column))}`,
  );
  if (key.liveOnly && table.softDelete) conditions.push(`stored.${quoteName(table.softDelete.sqlName)} IS NULL`);
  return ` LEFT JOIN ${quoteName(table.sqlName)} AS stored ON ${conditions.join(' AND ')}`;
}

/** The table has an alias here, since SQLite takes `excluded` for a table of that name if there is one in sight. */
function onConflict(table: TableModel, { key, set }: Conflict): string {
  const target = key === null ? '' : ` ${keySql(table, key)}`;
  if (set.length === 0) return `ON CONFLICT${target} DO NOTHING`;
  const names = set.map(({ sqlName }) => quoteName(sqlName));
  const assignments = [...names, ROW_VERSION_COLUMN].map((name) => `${name} = excluded.${name}`);
  const differs = names.map((name) => `target.${name} COLLATE BINARY IS NOT excluded.${name}`);
  return `ON CONFLICT${target} DO UPDATE SET ${assignments.join(', ')} WHERE ${orSql(differs)}`;
}

/** The condition is that of the index, or SQLite does not find it. */
function keySql({ softDelete }: TableModel, { columns, liveOnly }: KeyModel): string {
  const names = columns.map(({ sqlName }) => quoteName(sqlName)).join(', ');
  return liveOnly && softDelete ? `(${names}) WHERE ${quoteName(softDelete.sqlName)} IS NULL` : `(${names})`;
}
