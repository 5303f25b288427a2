import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { Model, TableModel } from '../../../model/types.ts';
import { isLost, type LostChange, type RowChange } from './row-changes.ts';

/**
 * The rows of a commit in the order in which they are shown: those of each table before those that refer to them, and within a
 * table as the commit has changed them. What it deleted comes the other way round: children go before their parents.
 *
 * @param changes the last one changed first.
 */
export function inReadingOrder(model: Model, changes: readonly (RowChange | LostChange)[]): (RowChange | LostChange)[] {
  const rankByTable = ranks(model);
  const place = (change: RowChange | LostChange, at: number): Place =>
    isLost(change)
      ? [rankByTable.size, 0, -at]
      : [rankByTable.get(change.table)!, change.kind === 'insert' ? 0 : 1, change.kind === 'insert' ? at : -at];
  return changes
    .map((change, at) => ({ change, place: place(change, at) }))
    .sort((a, b) => compare(a.place, b.place))
    .map(({ change }) => change);
}

/** Of its table; of its kind; within both. */
type Place = readonly [table: number, kind: number, at: number];

const compare = (a: Place, b: Place): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

/** Tables by number: those that a table refers to have lower ones, unless they refer to each other in a circle. */
const ranks = memoizeByObject((model: Model): ReadonlyMap<TableModel, number> => {
  const seen = new Set<TableModel>();
  const rankByTable = new Map<TableModel, number>();
  const visit = (table: TableModel): void => {
    if (seen.has(table)) return;
    seen.add(table);
    for (const { targetType } of table.foreignKeys) visit(model.table(targetType));
    rankByTable.set(table, rankByTable.size);
  };
  for (const table of model.tables) visit(table);
  return rankByTable;
});
