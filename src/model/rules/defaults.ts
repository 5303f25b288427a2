import { getTableColumns, is, SQL } from 'drizzle-orm';
import { driverToWire } from '../codec.ts';
import { InvalidValueError } from '../invalid-value-error.ts';
import { whereColumn } from '../model-draft.ts';
import { code, textCode } from '../snippets.ts';
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
      const flaw = value === undefined ? null : flawOf(column, value);
      if (flaw === null) continue;
      report({
        where: whereColumn(table, column.name),
        message: `Expected a default in the form that the column stores, but got ${flaw.got}.`,
        remedy: flaw.remedy,
      });
    }
  }
};

interface Flaw {
  readonly got: string;
  readonly remedy: string;
}

const NOW = code('.$defaultFn(now)');
const NOW_IN_SQL = code(".default(sql`(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`)");

/** What is wrong with a default, or null. */
function flawOf(column: ColumnModel, value: unknown): Flaw | null {
  if (is(value, SQL)) {
    if (column.dateTime !== 'iso') return null;
    const { sql } = sqlText(value);
    return UNFIXED_MOMENT.test(sql) ? { got: sql, remedy: `Use ${NOW}, or ${NOW_IN_SQL}.` } : null;
  }
  try {
    const wire = driverToWire(column, value);
    if (column.dateTime === 'iso' && wire !== value) {
      const got = `${JSON.stringify(value)} instead of ${JSON.stringify(wire)}`;
      return { got, remedy: `Write ${code(`.default(${textCode(wire as string)})`)}; for the present moment, ${NOW}.` };
    }
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    return {
      got: `a value that it refuses (${error.message})`,
      remedy: 'Give a value that the column holds, or declare the column with a type that holds this one.',
    };
  }
  if (isWrittenAsStored(column, value)) return null;
  return {
    got: `a constant ${column.scalar}, which migrations would garble`,
    remedy: `Let the router give it: ${code(`.$defaultFn(() => ${literalCode(value)})`)}.`,
  };
}

/** A JavaScript value as Drizzle has it. */
function literalCode(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof Uint8Array) return `Uint8Array.of(${value.join(', ')})`;
  return typeof value === 'object' ? `(${JSON.stringify(value)})` : JSON.stringify(value);
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
