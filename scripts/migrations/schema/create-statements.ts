/**
 * `CREATE` statements of a snapshot's tables, to the letter as drizzle-kit writes them; but drizzle-kit joins the parts of
 * an index and of a check by commas and semicolons before it writes them, and so tears expressions that have some.
 */

import type { Snapshot, SnapshotColumn, SnapshotForeignKey, SnapshotIndex, SnapshotTable } from './snapshot.ts';
import { quoteName, requalified } from './sql-tokens.ts';

/** All statements that make the tables of an empty database. */
export const createStatements = (snapshot: Snapshot): string[] =>
  Object.values(snapshot.tables).flatMap((table) => [
    createTable(table),
    ...Object.values(table.indexes).map((index) => createIndex(snapshot, table.name, index)),
  ]);

/** @param name Another name than the table's own. */
export function createTable(table: SnapshotTable, name: string = table.name): string {
  const requalify = (sql: string): string => (name === table.name ? sql : requalified(sql, table.name, name));
  const lines = [
    ...Object.values(table.columns).map((column) => columnDefinition(column, requalify)),
    ...Object.values(table.compositePrimaryKeys).map(
      ({ columns }) => `PRIMARY KEY(${columns.map(quoteName).join(', ')})`,
    ),
    ...Object.values(table.foreignKeys).map(foreignKeyDefinition),
    ...Object.values(table.checkConstraints).map(
      (check) => `CONSTRAINT "${check.name.replaceAll('"', '""')}" CHECK(${requalify(check.value)})`,
    ),
  ];
  return `CREATE TABLE ${quoteName(name)} (\n${lines.map((line) => `\t${line}`).join(',\n')}\n);`;
}

export function columnDefinition(column: SnapshotColumn, requalify = (sql: string): string => sql): string {
  const { name, type, primaryKey, notNull, default: value, generated } = column;
  return [
    `${quoteName(name)} ${type}`,
    primaryKey ? ' PRIMARY KEY' : '',
    value === undefined ? '' : ` DEFAULT ${value}`,
    generated ? ` GENERATED ALWAYS AS ${requalify(generated.as)} ${generated.type.toUpperCase()}` : '',
    notNull ? ' NOT NULL' : '',
  ].join('');
}

function foreignKeyDefinition({ tableTo, columnsFrom, columnsTo, onDelete, onUpdate }: SnapshotForeignKey): string {
  const names = (columns: readonly string[]): string => columns.map(quoteName).join(',');
  const onUpdateText = onUpdate ? ` ON UPDATE ${onUpdate}` : '';
  const onDeleteText = onDelete ? ` ON DELETE ${onDelete}` : '';
  return `FOREIGN KEY (${names(columnsFrom)}) REFERENCES ${quoteName(tableTo)}(${names(columnsTo)})${onUpdateText}${onDeleteText}`;
}

export function createIndex(snapshot: Snapshot, tableName: string, index: SnapshotIndex): string {
  const expressions = snapshot.internal?.indexes?.[index.name]?.columns ?? {};
  const columns = index.columns.map((column) =>
    Object.hasOwn(expressions, column) && expressions[column]!.isExpression ? column : quoteName(column),
  );
  const where = index.where ? ` WHERE ${index.where}` : '';
  return `CREATE ${index.isUnique ? 'UNIQUE INDEX' : 'INDEX'} ${quoteName(index.name)} ON ${quoteName(tableName)} (${columns.join(',')})${where};`;
}
