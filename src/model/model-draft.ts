/** The whole model as declared, with the questions that rules and builders ask of it. */
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { TableEntry } from './declaration.ts';
import { type ForeignKeyDraft, readTable, type TableDraft } from './table-draft.ts';
import type { GlobalIdField } from './types.ts';

export interface ModelDraft {
  /** In declared order. */
  readonly tables: readonly TableDraft[];
  readonly tableByType: ReadonlyMap<string, TableDraft>;
  readonly tableByDrizzle: ReadonlyMap<SQLiteTable, TableDraft>;
  readonly globalIdField: GlobalIdField;
}

export function readModel(entries: Readonly<Record<string, TableEntry>>, globalIdField: GlobalIdField): ModelDraft {
  const tables = Object.entries(entries).map(([typeName, entry]) => readTable(typeName, entry));
  return {
    tables,
    tableByType: new Map(tables.map((table) => [table.typeName, table])),
    tableByDrizzle: new Map(tables.map((table) => [table.table, table])),
    globalIdField,
  };
}

/** True if the pairs of columns hold the pair of shard keys. */
export const pairsShardKeys = (
  source: TableDraft,
  target: TableDraft,
  from: readonly string[],
  to: readonly string[],
): boolean => from.some((column, index) => column === source.shardKey && to[index] === target.shardKey);

/** The referenced table, if it is part of the model. */
export const targetOf = (draft: ModelDraft, foreignKey: ForeignKeyDraft): TableDraft | undefined =>
  draft.tableByDrizzle.get(foreignKey.targetTable);

/** The primary key and every unique index that holds for all rows, as column names. */
export function uniqueColumnSets(table: TableDraft): readonly (readonly string[])[] {
  const indexes = table.indexes.filter((index) => index.unique && !index.partial);
  return [
    ...(table.primaryKey.length > 0 ? [table.primaryKey] : []),
    ...indexes.map((index) => index.columns).filter((columns) => columns.every((column) => column !== null)),
  ];
}

/** Where a problem lies, by GraphQL and by SQL name. */
export const whereTable = (table: TableDraft): string => `${table.typeName} (table "${table.sqlName}")`;

export const whereColumn = (table: TableDraft, column: string): string =>
  `${whereTable(table)}, column "${table.columnByName.get(column)?.sqlName ?? column}"`;
