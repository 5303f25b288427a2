import { getTableColumns, is, SQL } from 'drizzle-orm';
import { driverToWire } from '../codec.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import { whereColumn } from '../model-draft.ts';
import { sqlText } from '../sql-text.ts';
import type { ColumnModel } from '../types.ts';
import type { ModelRule } from './rule.ts';

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
        message: `Expected a default in the form that the column stores, but got ${got}.`,
        remedy: `Use .$defaultFn(() => …)${column.dateTime === 'iso' ? ", such as .$defaultFn(now), or strftime('%Y-%m-%dT%H:%M:%fZ') in SQL" : ', or an expression: .default(sql`…`)'}.`,
      });
    }
  }
};

/** What is wrong with a default, or null. */
function flawOf(column: ColumnModel, value: unknown): string | null {
  if (is(value, SQL)) {
    if (column.dateTime !== 'iso') return null;
    const { sql } = sqlText(value);
    return UNFIXED_MOMENT.test(sql) ? sql : null;
  }
  try {
    const wire = driverToWire(column, value);
    if (column.dateTime === 'iso' && wire !== value)
      return `${JSON.stringify(value)} instead of ${JSON.stringify(wire)}`;
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    return `a value that it refuses (${error.message})`;
  }
  return isWrittenAsStored(column, value) ? null : `a constant ${column.scalar}, which migrations would garble`;
}

/** True if the literal that drizzle-kit writes for a constant is what the column stores. */
function isWrittenAsStored(column: ColumnModel, value: unknown): boolean {
  switch (column.scalar) {
    case 'DateTime':
      return column.dateTime === 'iso';
    case 'JSON':
      return column.wire === 'text' && typeof value === 'object' && !JSON.stringify(value).includes("'");
    case 'Bytes':
    case 'BigInt':
      return false;
    default:
      return true;
  }
}
