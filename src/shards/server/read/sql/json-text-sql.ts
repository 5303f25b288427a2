/** JSON text of stored values as `src/model/output-text.ts` writes it, by SQLite. Values that it cannot write so are marked. */
import type { ColumnModel } from '../../../../model/types.ts';
import { quoteText } from '../../../sql/sql-text.ts';
import { WIRE_KIND_SQL } from '../../wire-kind-sql.ts';

/** Stands in no JSON text, which has escapes for it: the rows have to be read as cells. */
export const UNWRITTEN = '\u0001';
export const UNWRITTEN_SQL = 'char(1)';

/** Longer values are left to cells, so that texts of whole rows stay below the platform's 2 MB: text may take six bytes for one. */
const MAX_VALUE_BYTES = 100_000;

/** Of values that are not NULL: whether one is written, and how. */
interface ValueSql {
  readonly fits: string;
  readonly text: string;
}

/** JSON text of a column, of which NULLs are shown as null where they may be; null: only code can show it. */
export function columnTextSql(sql: string, column: ColumnModel): string | null {
  const value = valueSql(sql, column);
  if (value === null) return null;
  const nulls = column.notNull ? '' : ` WHEN ${sql} IS NULL THEN 'null'`;
  return `CASE WHEN ${value.fits} THEN ${value.text}${nulls} ELSE ${UNWRITTEN_SQL} END`;
}

/** True for NULL, and for values of a key that rows may be looked up by as they are; null: for none. */
export function keyFitsSql(sql: string, column: ColumnModel): string | null {
  const isKey = column.scalar === 'ID' || column.scalar === 'String' || column.wire === 'int64';
  const value = isKey ? valueSql(sql, column) : null;
  if (value === null || column.wire === 'bigintBlob') return null;
  return column.notNull ? value.fits : `(${sql} IS NULL OR ${value.fits})`;
}

/**
 * The value as part of a token, as an argument of `json_array`, and whether it fits; null: only code can write it. Texts have to be of
 * ASCII: of bytes that are no UTF-8, code would write others.
 */
export function tokenSql(sql: string, column: ColumnModel): ValueSql | null {
  const value = valueSql(sql, column);
  if (value === null) return null;
  const text = WIRE_KIND_SQL[column.wire].token(sql);
  // GLOB ends at NUL, and so does length.
  const isAscii = `length(${sql}) = octet_length(${sql}) AND ${sql} NOT GLOB '*[^ -~]*'`;
  const fits = column.wire === 'text' ? `${value.fits} AND ${isAscii}` : value.fits;
  return { text, fits: column.notNull ? fits : `(${sql} IS NULL OR ${fits})` };
}

function valueSql(sql: string, { scalar, wire, dateTime, enum: choices, generated }: ColumnModel): ValueSql | null {
  // What is worked out as it is read may fail, and may be JSON rather than the text of it.
  if (generated) return null;
  const integer = (least: number, greatest: number) =>
    `typeof(${sql}) = 'integer' AND ${sql} BETWEEN ${least} AND ${greatest}`;
  switch (scalar) {
    case 'String':
      return wire === 'text' ? anyText(sql) : null;
    case 'ID':
      if (wire === 'text') return anyText(sql);
      if (wire === 'int')
        return { fits: integer(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), text: quoted(sql) };
      return int64(sql, wire);
    case 'BigInt':
      return int64(sql, wire);
    case 'Int':
      return wire === 'int' ? { fits: integer(-(2 ** 31), 2 ** 31 - 1), text: sql } : null;
    case 'Boolean':
      return wire === 'int' ? { fits: integer(0, 1), text: `CASE ${sql} WHEN 1 THEN 'true' ELSE 'false' END` } : null;
    case 'DateTime':
      // Only what is in the fixed form comes back as it is, midnight at the end of a day too.
      return dateTime === 'iso'
        ? {
            fits: `strftime('%Y-%m-%dT%H:%M:%fZ', ${sql}) = ${sql} COLLATE BINARY AND substr(${sql}, 12, 2) <> '24'`,
            text: quoted(sql),
          }
        : null;
    case 'Enum': {
      if (wire !== 'text' || choices === undefined || choices === null) return null;
      const exact = `${sql} COLLATE BINARY`;
      const names = choices.values.map(([name, stored]) => `WHEN ${quoteText(stored)} THEN ${quoteText(`"${name}"`)}`);
      const stored = choices.values.map(([, value]) => quoteText(value));
      return { fits: `${exact} IN (${stored.join(', ')})`, text: `CASE ${exact} ${names.join(' ')} END` };
    }
    default:
      return null;
  }
}

const quoted = (sql: string): string => `('"' || ${sql} || '"')`;

const anyText = (sql: string): ValueSql => ({
  fits: `typeof(${sql}) = 'text' AND octet_length(${sql}) <= ${MAX_VALUE_BYTES}`,
  text: `json_quote(${sql})`,
});

function int64(sql: string, wire: ColumnModel['wire']): ValueSql | null {
  if (wire === 'int64') return { fits: `typeof(${sql}) = 'integer'`, text: quoted(sql) };
  if (wire !== 'bigintBlob') return null;
  const digits = `CAST(${sql} AS TEXT)`;
  // The digits of an integer of 64 bits come back as they are.
  const fits = `typeof(${sql}) = 'blob' AND CAST(CAST(${digits} AS INTEGER) AS TEXT) = ${digits}`;
  return { fits, text: quoted(digits) };
}
