/** Columns that the SQL of a table, or of an index of it, names together with the table, as drizzle-kit writes checks: `"orders"."total" > 0`. */
import type { ReadSession } from '../../../sql/sql-session.ts';
import { unquoted } from '../sql-parts.ts';

/** Texts; names, with a dot if one follows. */
const NAMES =
  /'(?:[^']|'')*'|("(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)(\s*\.\s*)?/g;

/** The same SQL with the names of the columns alone, which mean the same there: it holds under any name of the table. */
export const withoutOwnName = (sql: string, table: string): string =>
  sql.replace(NAMES, (text, name: string | undefined, dot: string | undefined) =>
    dot !== undefined && unquoted(name!).toLowerCase() === table.toLowerCase() ? '' : text,
  );

/** What names itself of a table and its indexes, by name: SQLite cannot rename the table then without renaming it where others refer to it. */
export const readNamingThemselves = (
  session: ReadSession,
  table: string,
): { readonly type: 'table' | 'index'; readonly name: string }[] =>
  session
    .rows(
      "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND tbl_name = ? AND sql IS NOT NULL",
      table,
    )
    .filter(([, , sql]) => withoutOwnName(sql as string, table) !== sql)
    .map(([type, name]) => ({ type: type as 'table' | 'index', name: name as string }));

/** Whether a table can be renamed while references to it stay. Else it is dropped at once, which takes longer. */
export const canStayAside = (session: ReadSession, table: string): boolean =>
  !readNamingThemselves(session, table).some(({ type }) => type === 'table');
