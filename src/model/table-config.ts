import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { memoizeByObject } from '../lib/memoize-by-object.ts';

export type TableConfig = ReturnType<typeof getTableConfig>;

/** Drizzle's description of a table, made once: it runs what the user wrote of constraints, and several look at it at each start. */
export const tableConfigOf = memoizeByObject((table: SQLiteTable): TableConfig => getTableConfig(table));
