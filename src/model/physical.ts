/** The physical tables: the user's, with the columns that ShardQL adds. drizzle-kit makes migrations from them. */
import { getTableName, is, SQL } from 'drizzle-orm';
import { getTableConfig, integer, type SQLiteColumn, SQLiteTable, sqliteTable } from 'drizzle-orm/sqlite-core';
import { fnv1a64 } from '../lib/fnv1a.ts';
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { sqlText } from './sql-text.ts';
import { storedForm } from './stored-form.ts';
import { type MigrationBundle, type Model, ROW_VERSION_COLUMN } from './types.ts';

/** Where Drizzle keeps a table's columns by property name. */
const COLUMNS = Symbol.for('drizzle:Columns');

/**
 * The table with its row version column. The user's own Drizzle table stays as it is: the copy shares its columns and
 * constraints, so that foreign keys of other tables still name them.
 */
export function addRowVersion(table: SQLiteTable): SQLiteTable {
  const versionOnly = sqliteTable(getTableName(table), {
    [ROW_VERSION_COLUMN]: integer().notNull().default(0),
  });
  const copy: SQLiteTable = Object.create(Object.getPrototypeOf(table), Object.getOwnPropertyDescriptors(table));
  const columns = { ...Reflect.get(table, COLUMNS), ...Reflect.get(versionOnly, COLUMNS) };
  Object.defineProperty(copy, COLUMNS, { value: columns });
  return copy;
}

/**
 * Hash of all that migrations answer for: tables, columns, defaults, keys, indexes and checks; and what SQL does not
 * know, where rows live and what stored values mean. Equal to the migration bundle's `physicalHash` unless the model was
 * changed without `npm run db:generate`.
 */
export const physicalHash = memoizeByObject((model: Model): string => {
  const tables = Object.values(model.physicalTables)
    .filter((table) => is(table, SQLiteTable))
    .map(describeTable)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = [...model.tables].sort((a, b) => (a.sqlName < b.sqlName ? -1 : 1));
  const stored = byName.map(({ sqlName, shardKey, columns }) => [
    sqlName,
    shardKey.sqlName,
    columns.map((column) => [column.sqlName, storedForm(column)]),
  ]);
  return fnv1a64(JSON.stringify([tables, stored]));
});

/** What is wrong if the model was changed after the bundle was made; null: it was not. */
export const staleMigrations = (model: Model, bundle: Pick<MigrationBundle, 'physicalHash'>): string | null =>
  bundle.physicalHash === physicalHash(model)
    ? null
    : 'Expected migrations that lead to the model as it is, but got some of before it was changed. Run "npm run db:generate": ' +
      'it writes the migration, or tells how rows get to where it cannot take them, such as to another shard key.';

const describeSql = (expression: SQL): string => {
  const { sql, params } = sqlText(expression);
  return params.length === 0 ? sql : `${sql} ${JSON.stringify(params)}`;
};

function describeTable(table: SQLiteTable) {
  const config = getTableConfig(table);
  const names = (columns: readonly SQLiteColumn[]): string[] => columns.map((column) => column.name);
  return {
    name: config.name,
    columns: config.columns.map((column) => ({
      name: column.name,
      type: column.getSQLType(),
      notNull: column.notNull,
      primary: column.primary,
      unique: column.isUnique ? column.uniqueName : null,
      default: describeDefault(column),
      generated: column.generated && [column.generated.mode, describeGenerated(column.generated.as)],
    })),
    primaryKeys: config.primaryKeys.map((key) => names(key.columns)),
    uniques: config.uniqueConstraints.map((unique) => [unique.getName(), names(unique.columns)]),
    indexes: config.indexes.map(({ config: index }) => [
      index.name,
      index.unique,
      index.columns.map((column) => (is(column, SQL) ? describeSql(column) : [column.name])),
      index.where && describeSql(index.where),
    ]),
    foreignKeys: config.foreignKeys.map((key) => {
      const { columns, foreignTable, foreignColumns } = key.reference();
      const target = getTableConfig(foreignTable).name;
      return [key.getName(), names(columns), target, names(foreignColumns), key.onDelete, key.onUpdate];
    }),
    checks: config.checks.map((check) => [check.name, describeSql(check.value)]),
  };
}

function describeDefault(column: SQLiteColumn): unknown {
  if (column.default === undefined) return null;
  return is(column.default, SQL)
    ? { sql: describeSql(column.default) }
    : { value: String(column.mapToDriverValue(column.default)) };
}

function describeGenerated(as: unknown): string {
  const expression = typeof as === 'function' ? as() : as;
  return is(expression, SQL) ? describeSql(expression) : String(expression);
}
