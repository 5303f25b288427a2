import { getTableColumns, is, SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { driverToWire } from '../codec.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import { whereColumn } from '../model-draft.ts';
import type { ColumnModel } from '../types.ts';
import type { ModelRule } from './rule.ts';

const dialect = new SQLiteSyncDialect();

/** SQLite's own forms of the present moment, which lack zone and milliseconds. */
const UNFIXED_MOMENT = /\bcurrent_(?:timestamp|date|time)\b|\b(?:date|datetime)\s*\(/i;

/** Defaults that SQLite fills in are values as the codecs would have written them. */
export const defaultsRule: ModelRule = ({ tables }, report) => {
  for (const table of tables) {
    const drizzleColumns = getTableColumns(table.table);
    for (const column of table.columns) {
      const value: unknown = drizzleColumns[column.name]!.default;
      const got = value === undefined ? null : flawOf(column, value);
      if (got === null) continue;
      report({
        where: whereColumn(table, column.name),
        message: `Expected a default in the form that the column stores, but got ${got}`,
        remedy:
          column.scalar === 'DateTime'
            ? "Use .$defaultFn(now), or strftime('%Y-%m-%dT%H:%M:%fZ') in SQL."
            : 'Give a value of the column’s type.',
      });
    }
  }
};

/** What is wrong with a default, or null. */
function flawOf(column: ColumnModel, value: unknown): string | null {
  if (is(value, SQL)) {
    const { sql } = dialect.sqlToQuery(value.inlineParams());
    return column.dateTime === 'iso' && UNFIXED_MOMENT.test(sql) ? `${sql}.` : null;
  }
  try {
    const wire = driverToWire(column, value);
    return column.dateTime === 'iso' && wire !== value ? `${JSON.stringify(value)} for ${JSON.stringify(wire)}.` : null;
  } catch (error) {
    if (error instanceof InvalidValueError) return `another one. ${error.message}`;
    throw error;
  }
}
