import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { orSql, quoteName, TRUE_SQL } from '../../sql/sql-text.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { boundValueSql, jsonValueSql } from './column-sql.ts';
import { computedSql } from './computed-values.ts';

export interface ImportStatements {
  /** Upserts all rows of one parameter: a JSON array of rows, each an array of wire values. */
  readonly bulk: string;
  /** Upserts one row whose values are parameters of their own: for rows with values too large for JSON text. */
  readonly single: string;
}

/**
 * The upserts of an import that gives `columns`, which include the primary key. Rows that are there with equal values
 * are not written. Columns that are not given keep their values, or take their defaults. Of each row that is written the
 * columns `computed` come back, as `computed-values.ts` has them.
 */
export function importStatements(
  table: TableModel,
  columns: readonly ColumnModel[],
  computed: readonly ColumnModel[],
): ImportStatements {
  return {
    bulk: upsertSql(
      table,
      columns,
      computed,
      columns.map((column, index) => jsonValueSql(column, `value ->> ${index}`)),
      'json_each(?)',
    ),
    single: upsertSql(
      table,
      columns,
      computed,
      columns.map((column) => boundValueSql(column, '?')),
      null,
    ),
  };
}

function upsertSql(
  table: TableModel,
  columns: readonly ColumnModel[],
  computed: readonly ColumnModel[],
  values: readonly string[],
  source: string | null,
): string {
  const kept = columnsToKeep(table, columns);
  const given = values.map((value, index) => `${value} AS ${givenName(index)}`).join(', ');
  const names = [...columns, ...kept].map((column) => quoteName(column.sqlName));
  const rows = `SELECT ${given}${source ? ` FROM ${source}` : ''}`;
  const selected = [
    ...columns.map((_, index) => `given.${givenName(index)}`),
    ...kept.map((column) => `stored.${quoteName(column.sqlName)}`),
    CLOCK_VERSION_SQL,
  ];
  const join = kept.length > 0 ? storedRowJoin(table, columns) : '';
  return `INSERT INTO ${quoteName(table.sqlName)} AS target (${names.join(', ')}, ${ROW_VERSION_COLUMN})
SELECT ${selected.join(', ')} FROM (${rows}) AS given${join} WHERE ${TRUE_SQL}
${onConflict(table, columns)}${computed.length > 0 ? ` RETURNING ${computedSql(computed).join(', ')}` : ''}`;
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

function storedRowJoin(table: TableModel, given: readonly ColumnModel[]): string {
  const pairs = table.primaryKey.columns.map(
    (column) => `stored.${quoteName(column.sqlName)} = given.${givenName(given.indexOf(column))}`,
  );
  return ` LEFT JOIN ${quoteName(table.sqlName)} AS stored ON ${pairs.join(' AND ')}`;
}

/** The table has an alias here, since SQLite takes `excluded` for a table of that name if there is one in sight. */
function onConflict(table: TableModel, columns: readonly ColumnModel[]): string {
  const target = table.primaryKey.columns.map(({ sqlName }) => quoteName(sqlName)).join(', ');
  const settable = columns.filter((column) => !table.primaryKey.columns.includes(column));
  if (settable.length === 0) return `ON CONFLICT (${target}) DO NOTHING`;
  const names = settable.map(({ sqlName }) => quoteName(sqlName));
  const assignments = [...names, ROW_VERSION_COLUMN].map((name) => `${name} = excluded.${name}`);
  const differs = names.map((name) => `target.${name} COLLATE BINARY IS NOT excluded.${name}`);
  return `ON CONFLICT (${target}) DO UPDATE SET ${assignments.join(', ')} WHERE ${orSql(differs)}`;
}
