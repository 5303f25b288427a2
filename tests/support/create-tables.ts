/**
 * The tables of a model as SQL, written without drizzle-kit: for models that exist in a test alone, and inside workerd.
 * That drizzle-kit's tables are the same is for a test to say.
 */
import { is, SQL } from 'drizzle-orm';
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { physicalHash } from '../../src/model/physical.ts';
import { sqlText } from '../../src/model/sql-text.ts';
import type { Migration, MigrationBundle, Model } from '../../src/model/types.ts';

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const list = (columns: readonly SQLiteColumn[]): string => columns.map(({ name }) => quote(name)).join(', ');

/** One migration that makes all tables of the model. */
export function migrationsOf(model: Model): MigrationBundle {
  const migration = {
    tag: '0000_init',
    hash: '0',
    statements: tablesOf(model),
    schemaHash: '0',
    renames: [],
    checks: [],
    reverts: null,
  };
  return bundleWith(model, [migration]);
}

export const bundleWith = (model: Model, migrations: readonly Migration[]): MigrationBundle => ({
  physicalHash: physicalHash(model),
  migrations,
});

/** Statements that make all tables of the model. */
export const tablesOf = (model: Model): string[] =>
  model.insertOrder.flatMap((type) => createTable(model.physicalTables[type] as SQLiteTable));

export function createTable(table: SQLiteTable): string[] {
  const { name, columns, primaryKeys, foreignKeys, checks, uniqueConstraints, indexes } = getTableConfig(table);
  const parts = [
    ...columns.map(columnSql),
    ...primaryKeys.map((key) => `PRIMARY KEY (${list(key.columns)})`),
    ...foreignKeys.map((key) => {
      const { columns: own, foreignTable, foreignColumns } = key.reference();
      const actions = [key.onDelete && `ON DELETE ${key.onDelete}`, key.onUpdate && `ON UPDATE ${key.onUpdate}`];
      const target = `${quote(getTableConfig(foreignTable).name)} (${list(foreignColumns)})`;
      return `FOREIGN KEY (${list(own)}) REFERENCES ${target} ${actions.filter(Boolean).join(' ')}`;
    }),
    ...checks.map((check) => `CONSTRAINT ${quote(check.name)} CHECK (${sqlText(check.value).sql})`),
  ];
  const unique = [
    ...columns.flatMap((column) => (column.isUnique ? [{ name: column.uniqueName!, columns: [column] }] : [])),
    ...uniqueConstraints.map((constraint) => ({ name: constraint.getName()!, columns: constraint.columns })),
  ];
  return [
    `CREATE TABLE ${quote(name)} (${parts.join(', ')})`,
    ...unique.map((index) => `CREATE UNIQUE INDEX ${quote(index.name)} ON ${quote(name)} (${list(index.columns)})`),
    ...indexes.map(({ config }) => {
      const terms = config.columns.map((term) => (is(term, SQL) ? sqlText(term).sql : quote(term.name)));
      const where = config.where ? ` WHERE ${sqlText(config.where).sql}` : '';
      return `CREATE ${config.unique ? 'UNIQUE ' : ''}INDEX ${quote(config.name)} ON ${quote(name)} (${terms.join(', ')})${where}`;
    }),
  ];
}

function columnSql(column: SQLiteColumn): string {
  const as =
    column.generated && (typeof column.generated.as === 'function' ? column.generated.as() : column.generated.as);
  return [
    quote(column.name),
    column.getSQLType(),
    column.primary && 'PRIMARY KEY',
    column.default !== undefined && `DEFAULT ${literal(column)}`,
    as !== undefined && `GENERATED ALWAYS AS (${is(as, SQL) ? sqlText(as).sql : as}) ${column.generated!.mode}`,
    column.notNull && 'NOT NULL',
  ]
    .filter(Boolean)
    .join(' ');
}

function literal(column: SQLiteColumn): string {
  if (is(column.default, SQL)) return `(${sqlText(column.default).sql})`;
  const value = column.mapToDriverValue(column.default);
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}
