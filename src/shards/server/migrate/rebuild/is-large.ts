/** What is done in steps: changes of many rows. All else is one transaction, as it is simpler, and nothing has to be copied. */
import type { SqlSession } from '../../../sql/sql-session.ts';
import { quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import { addedColumns } from './added-columns.ts';
import { idOf, sourceSql } from './copy-sql.ts';
import type { Rebuild } from './rebuild.ts';
import type { RebuildLimits } from './rebuild-steps.ts';
import { rowsThatFit } from './rows-that-fit.ts';

type Limits = Pick<RebuildLimits, 'rowsAtOnce' | 'bytesAtOnce' | 'rowsIndexedAtOnce'>;

/** Whether there are so many rows in a table, or so many bytes, that a change of all of them is to be made in steps. */
export const isLarge = (session: SqlSession, table: string, limits: Limits): boolean =>
  areMany(session, table, `SELECT ${ROW_ID} AS id FROM ${quoteName(table)} ORDER BY 1`, limits);

/** Whether so many rows of such a table are changed, or indexed, that it is to be done in steps. The copy exists. */
export function changesMuch(session: SqlSession, rebuild: Rebuild, limits: Limits): boolean {
  const { table, isRewritten, changes, indexes } = rebuild;
  if (isRewritten) return true;
  const made = indexes.filter(({ at }) => at !== null).length;
  if (made > 0 && hasMoreRows(session, table, Math.floor(limits.rowsIndexedAtOnce / made))) return true;
  const added = addedColumns(session, rebuild);
  const rows = `SELECT ${idOf(added)} AS id FROM ${sourceSql(table, added, '1')}`;
  const separator = added.length === 0 ? 'AND' : 'WHERE';
  return changes.some((change) => areMany(session, table, `${rows} ${separator} (${change}) ORDER BY 1`, limits));
}

export const hasMoreRows = (session: SqlSession, table: string, rows: number): boolean =>
  session.row(`SELECT 1 FROM ${quoteName(table)} LIMIT 1 OFFSET ${rows}`) !== undefined;

/** `ids`: SQL that gives row ids of the table. */
function areMany(session: SqlSession, table: string, ids: string, { rowsAtOnce, bytesAtOnce }: Limits): boolean {
  const some = `${ids} LIMIT ${rowsAtOnce + 1}`;
  const rows = session.row(`SELECT count(*) FROM (${some})`)![0] as number;
  return rows > rowsAtOnce || rowsThatFit(session, table, some, rows, bytesAtOnce) < rows;
}
