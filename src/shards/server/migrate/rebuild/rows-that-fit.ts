import type { ReadSession } from '../../../sql/sql-session.ts';
import { quoteName, ROW_ID, sumOf } from '../../../sql/sql-text.ts';
import { readColumns } from '../stored-table.ts';

/** Greatest size of the values that one step copies, in bytes, about. */
export const STEP_BYTES = 8 * 1024 ** 2;

/**
 * How many of the next rows of a table a step may take; at least one, if there is one. The last of them may exceed the limit. Values are not
 * read for that: SQLite knows their lengths.
 *
 * @param ids SQL that gives their row ids as `id`, in order, `limit` at most.
 */
export function rowsThatFit(
  session: ReadSession,
  table: string,
  ids: string,
  limit: number,
  bytes = STEP_BYTES,
): number {
  const lengths = readColumns(session, table)
    .filter(({ type, isGenerated }) => !isGenerated && mayBeLong(type))
    .map(({ name }) => `coalesce(octet_length(t.${quoteName(name)}), 0)`);
  if (lengths.length === 0) return limit;
  const [rows] = session.row(
    `SELECT count(*) FROM (SELECT sum(bytes) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - bytes AS before FROM (
       SELECT n.id, ${sumOf(lengths)} AS bytes FROM (${ids}) AS n LEFT JOIN ${quoteName(table)} AS t ON t.${ROW_ID} = n.id))
     WHERE before < ?`,
    bytes,
  ) as [number];
  // SQLite keeps the statements of few sizes.
  return rows >= limit || rows === 0 ? rows : 2 ** Math.floor(Math.log2(rows));
}

/** Numbers are short, and so is what was stored in their place because it could not be converted. */
const mayBeLong = (type: string): boolean => !/^(int|real|num|dec|bool)/i.test(type);
