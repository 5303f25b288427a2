/**
 * Rows of tables that keep what is deleted. To delete one is to note when; so do the rows that a delete would cascade to, as far
 * as their tables keep theirs. All of them note the same moment, which no row has that was deleted before and could be taken for
 * one of them: by it a restore finds exactly these rows again.
 */

import { getOrInsert } from '../../../lib/get-or-insert.ts';
import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import { driverToWire, wireToOutput } from '../../../model/codec.ts';
import type { ColumnModel, Model, TableModel, WireValue } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { quoteName, ROW_ID, TRUE_SQL } from '../../sql/sql-text.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import { boundValueSql } from './column-sql.ts';
import type { CommitScope } from './commit-scope.ts';
import { type Referrer, referrersOf, refersSql } from './referrers.ts';
import { rowIdLists } from './row-id-lists.ts';

/** Which rows a write is about: those that are not deleted, or those that are. */
export type RowState = 'live' | 'deleted';

/** SQL condition for rows of a table in this state. */
export const stateSql = ({ softDelete }: TableModel, state: RowState): string =>
  softDelete === null ? TRUE_SQL : `${quoteName(softDelete.sqlName)} IS ${state === 'live' ? '' : 'NOT '}NULL`;

interface KeepingTable extends TableModel {
  readonly softDelete: ColumnModel;
}

/** Row ids by table. Decimal digits: they may exceed 2^53. */
type RowIds = Map<KeepingTable, Set<string>>;

/** Deletes rows of a table that keeps them. They are live. */
export function hideRows(scope: CommitScope, table: TableModel, rowIds: readonly string[]): void {
  const root = table as KeepingTable;
  const unitMs = unitOf(root, scope.model);
  let atMs = Math.floor(scope.nowMs / unitMs) * unitMs;
  const taken = new Set<number>();
  const doomed = collect(scope, root, rowIds, (child) => ({
    condition: `(${stateSqlOf(child)} OR c.${quoteName(child.softDelete.sqlName)} >= ${boundValueSql(child.softDelete, '?')})`,
    moment: atMs,
    isMeant: (deletedAt) => {
      if (deletedAt === null) return true;
      taken.add(toMs(child.softDelete, deletedAt));
      return false;
    },
  }));
  for (const deletedAt of parentsOf(scope, doomed, atMs)) taken.add(deletedAt);
  while (taken.has(atMs)) atMs += unitMs;
  for (const [each, ids] of doomed) setDeletedAt(scope, each, ids, atMs);
}

/** Takes back the delete of a row, and of those that were deleted with it. */
export function showRow(scope: CommitScope, table: TableModel, rowId: string): void {
  const root = table as KeepingTable;
  const { session } = scope;
  const [deletedAt] = session.row(
    `SELECT ${quoteName(root.softDelete.sqlName)} FROM ${quoteName(root.sqlName)} WHERE ${ROW_ID} = CAST(? AS INTEGER)`,
    rowId,
  )!;
  const atMs = toMs(root.softDelete, deletedAt as WireValue);
  const hidden = collect(scope, root, [rowId], (child) => ({
    condition: `c.${quoteName(child.softDelete.sqlName)} = ${boundValueSql(child.softDelete, '?')}`,
    moment: atMs,
    // Whole seconds cannot tell it from others of the same second.
    isMeant: (deletedAt) => toMs(child.softDelete, deletedAt) === atMs,
  }));
  for (const [each, ids] of hidden) setDeletedAt(scope, each, ids, null);
}

const stateSqlOf = (table: KeepingTable): string => `c.${stateSql(table, 'live')}`;

/** Which rows among those that refer to others are meant. */
interface Meant {
  /** SQL about the row `c`, with one parameter: `moment`. */
  readonly condition: string;
  readonly moment: number;
  /** @param deletedAt of such a row. */
  readonly isMeant: (deletedAt: WireValue) => boolean;
}

/** Rows with those that a delete of them would cascade to, each once, level by level. */
function collect(
  { session, model }: CommitScope,
  root: KeepingTable,
  rowIds: readonly string[],
  meantOf: (child: KeepingTable) => Meant,
): RowIds {
  const found: RowIds = new Map([[root, new Set(rowIds)]]);
  let level: RowIds = new Map([[root, new Set(rowIds)]]);
  while (level.size > 0) {
    const next: RowIds = new Map();
    for (const [table, parents] of level) {
      for (const referrer of cascadesOf(table, model)) {
        const { table: child } = referrer;
        const { condition, moment, isMeant } = meantOf(child);
        const known = getOrInsert(found, child, () => new Set());
        const sql = `SELECT CAST(c.${ROW_ID} AS TEXT), c.${quoteName(child.softDelete.sqlName)}
           FROM json_each(?) AS j
           CROSS JOIN ${quoteName(table.sqlName)} AS p ON p.${ROW_ID} = CAST(j.value AS INTEGER)
           CROSS JOIN ${quoteName(child.sqlName)} AS c ON ${refersSql(referrer, table, 'c', 'p')} AND ${condition}`;
        for (const list of rowIdLists(parents)) {
          const rows = session.rows(sql, list, bindingOf(child.softDelete, moment)) as [string, WireValue][];
          for (const [rowId, deletedAt] of rows) {
            if (!isMeant(deletedAt) || known.has(rowId)) continue;
            known.add(rowId);
            getOrInsert(next, child, () => new Set()).add(rowId);
          }
        }
      }
    }
    level = next;
  }
  return found;
}

/** When rows were deleted, at a moment or later, that rows refer to in ways that a delete would follow. */
function* parentsOf({ session, model }: CommitScope, rows: RowIds, sinceMs: number): Iterable<number> {
  for (const [table, rowIds] of rows) {
    for (const foreignKey of table.foreignKeys) {
      const parent = model.table(foreignKey.targetType);
      if (foreignKey.onDelete !== 'cascade' || !keepsDeleted(parent)) continue;
      const deletedAt = `p.${quoteName(parent.softDelete.sqlName)}`;
      const sql = `SELECT DISTINCT ${deletedAt}
         FROM json_each(?) AS j
         CROSS JOIN ${quoteName(table.sqlName)} AS c ON c.${ROW_ID} = CAST(j.value AS INTEGER)
         CROSS JOIN ${quoteName(parent.sqlName)} AS p ON ${refersSql({ table, foreignKey }, parent, 'c', 'p')}
         WHERE ${deletedAt} >= ${boundValueSql(parent.softDelete, '?')}`;
      for (const list of rowIdLists(rowIds)) {
        const found = session.rows(sql, list, bindingOf(parent.softDelete, sinceMs));
        for (const [moment] of found) yield toMs(parent.softDelete, moment as WireValue);
      }
    }
  }
}

const keepsDeleted = (table: TableModel): table is KeepingTable => table.softDelete !== null;

/** The references to a table that deletes follow into tables that keep their rows. */
const cascadesOf = memoizeByObject((table: TableModel, model: Model) =>
  referrersOf(model, table).filter(
    (referrer): referrer is Referrer & { readonly table: KeepingTable } =>
      referrer.foreignKey.onDelete === 'cascade' && referrer.table.softDelete !== null,
  ),
);

/** The coarsest unit of the moments that a delete notes, in milliseconds: all of them can hold the same moment. */
const unitOf = memoizeByObject((root: TableModel, model: Model): number => {
  const reached = new Set<TableModel>([root]);
  for (const table of reached) for (const { table: child } of cascadesOf(table, model)) reached.add(child);
  return [...reached].some(({ softDelete }) => softDelete?.dateTime === 'seconds') ? 1_000 : 1;
});

const toMs = (column: ColumnModel, wire: WireValue): number => Date.parse(wireToOutput(column, wire) as string);

const bindingOf = (column: ColumnModel, ms: number) => wireToBinding(column, driverToWire(column, new Date(ms)));

/** Nothing else of the rows is written, so nothing of them is checked: see `updateCheck`. */
function setDeletedAt(
  { session }: CommitScope,
  table: KeepingTable,
  rowIds: Iterable<string>,
  ms: number | null,
): void {
  const { softDelete, sqlName } = table;
  const sql = `UPDATE ${quoteName(sqlName)} SET ${quoteName(softDelete.sqlName)} = ${boundValueSql(softDelete, '?')}, ${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}
     WHERE ${ROW_ID} IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`;
  for (const list of rowIdLists(rowIds)) session.run(sql, ms === null ? null : bindingOf(softDelete, ms), list);
}
