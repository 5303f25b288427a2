/** By which of its two names the database has an index: see `../../../sql/index-names.ts`. */
import { otherIndexName } from '../../../sql/index-names.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { quoteName } from '../../../sql/sql-text.ts';
import { isPartOfRebuild } from '../stored-table.ts';
import { parseIndexDrop } from './parse-statements.ts';

/** A name that no index has; null: both are taken. */
export const freeIndexName = (session: ReadSession, name: string): string | null =>
  [name, otherIndexName(name)].find((each) => tableOfIndex(session, each) === null) ?? null;

/** Whether a table has an index, by either name. */
export const hasIndex = (session: ReadSession, table: string, name: string): boolean =>
  [name, otherIndexName(name)].some((each) => tableOfIndex(session, each) === table);

/** A statement of a migration, as the database has to be told: it may have the index that is to go by its other name. */
export function withPresentIndexName(session: ReadSession, sql: string): string {
  const name = parseIndexDrop(sql);
  if (name === null) return sql;
  const isOfTable = (index: string) => {
    const table = tableOfIndex(session, index);
    return table !== null && !isPartOfRebuild(table);
  };
  const other = otherIndexName(name);
  return !isOfTable(name) && isOfTable(other) ? `DROP INDEX ${quoteName(other)}` : sql;
}

const tableOfIndex = (session: ReadSession, name: string): string | null =>
  (session.row("SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND name = ?", name)?.[0] as
    | string
    | undefined) ?? null;
