import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';

export type TableConfig = ReturnType<typeof getTableConfig>;

const configs = new WeakMap<SQLiteTable, TableConfig>();

/** Drizzle's description of a table, made once: it runs what the user wrote of constraints, and several look at it at each start. */
export function tableConfigOf(table: SQLiteTable): TableConfig {
  let config = configs.get(table);
  if (config === undefined) {
    config = getTableConfig(table);
    configs.set(table, config);
  }
  return config;
}
