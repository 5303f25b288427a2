/**
 * Deletes whose `ON DELETE CASCADE` may reach deeper than the platform lets triggers nest: relations of a table to
 * itself above all (a tree of categories). They are deleted deepest first, so that no statement has to cascade. A circle has no
 * deepest row: one of its references is set to NULL before.
 */
import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import { MAX_TRIGGER_DEPTH } from '../../../model/rules/cascades.ts';
import type { ForeignKeyModel, Model, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import type { CommitScope } from './commit-scope.ts';
import { type Referrer, referrersOf, refersSql } from './referrers.ts';
import { rowIdLists } from './row-id-lists.ts';

const cascadingReferrers = (model: Model, table: TableModel): Referrer[] =>
  referrersOf(model, table).filter(({ foreignKey }) => foreignKey.onDelete === 'cascade');

/**
 * Levels of tables that a delete can cascade through; Infinity if they refer to each other in a circle.
 *
 * @param known of tables that were looked at; those that are being looked at are part of a circle if they are met again.
 */
function cascadeDepth(model: Model, table: TableModel, known: Map<TableModel, number>): number {
  const depth = known.get(table);
  if (depth !== undefined) return depth;
  known.set(table, Number.POSITIVE_INFINITY);
  const below = cascadingReferrers(model, table).map(({ table: child }) => cascadeDepth(model, child, known));
  const found = below.length === 0 ? 0 : 1 + Math.max(...below);
  known.set(table, found);
  return found;
}

const cascadeDepthOf = memoizeByObject((table: TableModel, model: Model): number =>
  cascadeDepth(model, table, new Map()),
);

/** True if one `DELETE` stays within the nesting of triggers, the log's own included. */
export const canCascadeAtOnce = (model: Model, table: TableModel): boolean =>
  cascadeDepthOf(table, model) + 2 <= MAX_TRIGGER_DEPTH;

/** A row that is to go, and the rows that would go with it. */
interface DoomedRow {
  readonly table: TableModel;
  readonly rowId: string;
  readonly references: Reference[];
  /** Length of the longest chain of rows below; -1 until known. */
  height: number;
}

/** By which a row goes with another. */
interface Reference {
  readonly child: DoomedRow;
  readonly foreignKey: ForeignKeyModel;
}

export function deleteLevelByLevel(scope: CommitScope, table: TableModel, rowIds: readonly string[]): void {
  const doomed = collectDoomedRows(
    scope,
    rowIds.map((rowId) => ({ table, rowId, references: [], height: -1 })),
  );
  cutCircles(scope, doomed.flatMap(measureHeight));
  const byHeight = Map.groupBy(doomed, ({ height }) => height);
  for (const height of [...byHeight.keys()].sort((a, b) => a - b)) {
    for (const [levelTable, rows] of Map.groupBy(byHeight.get(height)!, (row) => row.table)) {
      const sql = `DELETE FROM ${quoteName(levelTable.sqlName)} WHERE ${ROW_ID} IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`;
      for (const list of rowIdLists(rows.map(({ rowId }) => rowId))) scope.session.run(sql, list);
    }
  }
}

/** The rows and all rows below them, each once, found level by level. */
function collectDoomedRows(scope: CommitScope, roots: readonly DoomedRow[]): DoomedRow[] {
  const rows = new Map(roots.map((root) => [keyOf(root.table, root.rowId), root]));
  let level = roots;
  while (level.length > 0) {
    const nextLevel: DoomedRow[] = [];
    for (const [table, parents] of Map.groupBy(level, (row) => row.table)) {
      const parentByRowId = new Map(parents.map((parent) => [parent.rowId, parent]));
      for (const referrer of cascadingReferrers(scope.model, table)) {
        for (const [parentRowId, childRowId] of childRows(scope, table, referrer, parentByRowId.keys())) {
          const key = keyOf(referrer.table, childRowId);
          let child = rows.get(key);
          if (!child) {
            child = { table: referrer.table, rowId: childRowId, references: [], height: -1 };
            rows.set(key, child);
            nextLevel.push(child);
          }
          parentByRowId.get(parentRowId)!.references.push({ child, foreignKey: referrer.foreignKey });
        }
      }
    }
    level = nextLevel;
  }
  return [...rows.values()];
}

const keyOf = (table: TableModel, rowId: string): string => `${table.typeName} ${rowId}`;

function* childRows(
  { session }: CommitScope,
  table: TableModel,
  referrer: Referrer,
  parentRowIds: Iterable<string>,
): Generator<[parentRowId: string, childRowId: string]> {
  const sql = `SELECT CAST(p.${ROW_ID} AS TEXT), CAST(c.${ROW_ID} AS TEXT)
     FROM json_each(?) AS j
     CROSS JOIN ${quoteName(table.sqlName)} AS p ON p.${ROW_ID} = CAST(j.value AS INTEGER)
     CROSS JOIN ${quoteName(referrer.table.sqlName)} AS c ON ${refersSql(referrer, table, 'c', 'p')}`;
  for (const list of rowIdLists(parentRowIds)) yield* session.rows(sql, list) as [string, string][];
}

/**
 * Measures a row and what is below it, without recursion: chains may be long.
 *
 * @returns the references that close a circle: of rows that are above the one they refer to. They do not count.
 */
function measureHeight(root: DoomedRow): Reference[] {
  const stack = [root];
  const entered = new Set<DoomedRow>();
  const closing: Reference[] = [];
  while (stack.length > 0) {
    const row = stack.at(-1)!;
    if (row.height >= 0) {
      stack.pop();
    } else if (entered.has(row)) {
      row.height = row.references.reduce((height, { child }) => Math.max(height, child.height + 1), 0);
      stack.pop();
    } else {
      entered.add(row);
      for (const reference of row.references) {
        const { child } = reference;
        if (child.height >= 0) continue;
        if (!entered.has(child)) stack.push(child);
        // To refer to oneself keeps nobody from going.
        else if (child !== row) closing.push(reference);
      }
    }
  }
  return closing;
}

/** Where no column of a reference can be NULL, the row goes with the others of its circle, as far as triggers nest. */
function cutCircles(scope: CommitScope, closing: readonly Reference[]): void {
  for (const [foreignKey, references] of Map.groupBy(closing, (reference) => reference.foreignKey)) {
    const { table } = references[0]!.child;
    const cleared = foreignKey.columns.filter(({ notNull, generated }) => !notNull && !generated);
    if (cleared.length === 0) continue;
    const assignments = cleared.map(({ sqlName }) => `${quoteName(sqlName)} = NULL`);
    const sql = `UPDATE ${quoteName(table.sqlName)} SET ${[...assignments, `${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}`].join(', ')}
       WHERE ${ROW_ID} IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`;
    for (const list of rowIdLists(references.map(({ child }) => child.rowId))) scope.session.run(sql, list);
  }
}
