/** Columns that the run adds to a table, as its rows have them: they hold the column's default until a statement fills them. */
import type { ReadSession } from '../../../sql/sql-session.ts';
import { type AddedColumn, copyName } from './copy-sql.ts';
import type { Rebuild } from './rebuild.ts';

/** The copy exists. */
export const addedColumns = (session: ReadSession, { table, added }: Rebuild): AddedColumn[] =>
  added.map((name) => {
    const [type, value] = session.row(
      'SELECT type, dflt_value FROM pragma_table_xinfo(?) WHERE name = ?',
      copyName(table),
      name,
    ) as [string, string | null];
    return { name, value: `CAST((${value ?? 'NULL'}) AS ${type === '' ? 'BLOB' : type})` };
  });

/** A default is what the column would hold: it is converted to the type of the column without loss. */
export const areAddedTyped = (session: ReadSession, rebuild: Rebuild): boolean =>
  addedColumns(session, rebuild).every(({ value }) => {
    const given = value.slice('CAST('.length, value.lastIndexOf(' AS '));
    return session.row(`SELECT +${value} IS ${given}`)![0] === 1;
  });
