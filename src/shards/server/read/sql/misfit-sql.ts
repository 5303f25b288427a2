/** Which stored values do not fit their column, in SQL: for what is worked out of many rows at once. */
import type { ColumnModel } from '../../../../model/types.ts';
import { GREATEST_MS, LEAST_MS } from '../../../period.ts';
import { FALSE_SQL, TRUE_SQL } from '../../../sql/sql-text.ts';

/** True for numbers of a column that cannot be added as they are. Of a value that is not NULL. */
export function isNoNumberSql(column: string, { wire }: ColumnModel): string {
  switch (wire) {
    case 'real':
      return `typeof(${column}) <> 'real'`;
    case 'decimal':
      // Sums take 15 digits of each.
      return (
        `CASE typeof(${column}) WHEN 'real' THEN ${FALSE_SQL} WHEN 'integer' THEN ${column} NOT BETWEEN -999999999999999 AND` +
        ` 999999999999999 AND CAST(printf('%.14e', ${column}) AS NUMERIC) <> ${column} ELSE ${TRUE_SQL} END`
      );
    case 'bigintBlob':
      return `CAST(CAST(${column} AS INTEGER) AS TEXT) <> CAST(${column} AS TEXT)`;
    default:
      return `typeof(${column}) <> 'integer'`;
  }
}

/** True for values of a date-time column that are no moments. NULL for NULL. */
export function isNoMomentSql(column: string, { dateTime }: ColumnModel): string {
  if (dateTime === 'iso') {
    return `CASE typeof(${column}) WHEN 'text' THEN octet_length(${column}) <> 24 OR unixepoch(${column}) IS NULL WHEN 'null' THEN NULL ELSE ${TRUE_SQL} END`;
  }
  const unitMs = dateTime === 'seconds' ? 1000 : 1;
  const [low, high] = [LEAST_MS / unitMs, Math.floor(GREATEST_MS / unitMs)];
  return `CASE typeof(${column}) WHEN 'integer' THEN ${column} NOT BETWEEN ${low} AND ${high} WHEN 'null' THEN NULL ELSE ${TRUE_SQL} END`;
}
