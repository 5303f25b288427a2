import type { SQL } from 'drizzle-orm';

type QueryConfig = Parameters<SQL['toQuery']>[0];

/** As Drizzle's SQLite dialect quotes. The dialect itself brings query builders, which every start would read. */
const SQLITE: Omit<QueryConfig, 'casing'> = {
  escapeName: (name) => `"${name.replaceAll('"', '""')}"`,
  escapeParam: () => '?',
  escapeString: (text) => `'${text.replaceAll("'", "''")}'`,
};

const AS_NAMED: Pick<QueryConfig['casing'], 'getColumnCasing'> = { getColumnCasing: (column) => column.name };

/** The text of an expression in a table's declaration, and the values that could not be written into it. */
export const sqlText = (expression: SQL): { readonly sql: string; readonly params: readonly unknown[] } =>
  expression.inlineParams().toQuery({ ...SQLITE, casing: AS_NAMED as QueryConfig['casing'] });
