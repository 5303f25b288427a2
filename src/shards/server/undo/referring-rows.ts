import type { ColumnModel, Model, TableModel } from '../../../model/types.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { limitSql, quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { type Referrer, referrersOf, refersSql } from '../commit/referrers.ts';
import { UndoConflict } from './undo-conflict.ts';

/** Rows that refer to one row by one foreign key. */
interface Referring {
  readonly referrer: Referrer;
  readonly rowIds: readonly string[];
}

/** More rows than this refer to it: there is no need to know them all. */
const MAX_REFERRING = 1_000;

/**
 * The other rows that refer to a row; the row itself may. `columns`: by one of these alone; null: by any.
 */
export function referringRows(
  session: SqlSession,
  model: Model,
  table: TableModel,
  rowId: string,
  columns: ReadonlySet<ColumnModel> | null,
): Referring[] {
  const referrers = referrersOf(model, table).filter(
    ({ foreignKey }) =>
      columns === null || foreignKey.targetColumns.some((name) => columns.has(table.columnByName.get(name)!)),
  );
  return referrers.flatMap((referrer) => {
    const others = referrer.table === table ? ` AND c.${ROW_ID} <> p.${ROW_ID}` : '';
    const rows = session.rows(
      `SELECT CAST(c.${ROW_ID} AS TEXT) FROM ${quoteName(table.sqlName)} AS p
       CROSS JOIN ${quoteName(referrer.table.sqlName)} AS c ON ${refersSql(referrer, table, 'c', 'p')}${others}
       WHERE p.${ROW_ID} = CAST(? AS INTEGER) ${limitSql('?')}`,
      rowId,
      MAX_REFERRING,
    );
    return rows.length === 0 ? [] : [{ referrer, rowIds: rows.map(([id]) => id as string) }];
  });
}

export const stillReferred = ({ typeName }: TableModel, { table }: Referrer): UndoConflict =>
  new UndoConflict(
    'STILL_REFERRED',
    `Expected ${typeName} that no row refers to which stays, but got one that rows of ${table.typeName} refer to.`,
  );
