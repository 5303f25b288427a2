/**
 * Makes the copy of a table before the migration that puts it in the table's place. Each function is run in a transaction of its own; what
 * one leaves is found by the next, in whatever life or release of the shard that runs. For every row of the copy there is one of the table
 * with the same row id, of which it is what the migration makes of it; rows that are not copied yet come after `copied_to`, or are
 * listed in `_rebuild_rows`.
 */
import { type Model, ROW_VERSION_COLUMN } from '../../../../model/types.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { FALSE_SQL, orSql, quoteName, quoteText, ROW_ID } from '../../../sql/sql-text.ts';
import { StatementError } from '../../../sql/statement-error.ts';
import { addRebuild, type RebuildRecord, readRebuilds, removeRebuild } from '../../tables/rebuilds-table.ts';
import { copyProblems, MigrationRefused, valueProblem } from '../migration-refused.ts';
import { changedSql, storedTable } from '../stored-table.ts';
import { unfitValues } from '../unfit-values.ts';
import { addedColumns, areAddedTyped } from './added-columns.ts';
import {
  changedIdsSql,
  changedRowsCondition,
  copiedIndexSql,
  copyName,
  copyRowsSql,
  copyTriggers,
  moveBoundsSql,
  negatedSql,
  nextIdsSql,
  passedRowsCondition,
  type RowsCondition,
  UNIQUE_INDEX_PREFIX,
} from './copy-sql.ts';
import { copiesAsItIs, fitsSteps, keyIsRowId } from './fits-steps.ts';
import { freeIndexName } from './index-naming.ts';
import type { Rebuild } from './rebuild.ts';
import { referenceIndexesSql } from './reference-indexes.ts';
import { rowsThatFit } from './rows-that-fit.ts';

/**
 * The copy is begun. False: it cannot be made in steps, and the transaction is to be rolled back.
 *
 * @param isIndexed the copy has all indexes from the beginning. Else those that are not unique are made of the whole table in the end: that
 * is faster, but one statement each.
 */
export function beginCopy(session: SqlSession, model: Model, rebuild: Rebuild, isIndexed: boolean): boolean {
  const { table } = rebuild;
  try {
    for (const sql of rebuild.createCopy) session.run(sql);
    if (!addIndexes(session, rebuild, isIndexed)) return false;
    for (const sql of referenceIndexesSql(session, table)) session.run(sql);
    // Whether SQLite understands it.
    session.run(copySql(session, rebuild, () => FALSE_SQL));
  } catch (error) {
    // It fails in the migration too, where its failure is told.
    if (error instanceof StatementError) return false;
    throw error;
  }
  if (!fitsSteps(session, rebuild) || !areAddedTyped(session, rebuild)) return false;
  for (const { sql } of copyTriggers(table)) session.run(sql);
  addRebuild(session, table, rebuild.id, mayChangeRows(session, model, rebuild));
  return true;
}

/** False: the database has something by the names that they would have. */
function addIndexes(session: SqlSession, { table, indexes }: Rebuild, isIndexed: boolean): boolean {
  for (const index of isIndexed ? indexes : indexes.filter(({ isUnique }) => isUnique)) {
    const own = `${UNIQUE_INDEX_PREFIX}${indexes.filter(({ isUnique }) => isUnique).indexOf(index)}_${table}`;
    const name = isIndexed ? freeIndexName(session, index.name) : own;
    if (name === null) return false;
    session.run(copiedIndexSql(index, table, name));
  }
  return true;
}

/** Whether rows may have other values in the copy, of columns that both have. */
function mayChangeRows(session: SqlSession, model: Model, rebuild: Rebuild): boolean {
  if (rebuild.changes.length > 0) return true;
  const { table } = rebuild;
  const [before, after] = [storedTable(session, model, table)!, storedTable(session, model, copyName(table), table)!];
  const common = after.columns.filter(({ sqlName }) => before.columns.some((column) => column.sqlName === sqlName));
  const types = (name: string) =>
    session.rows('SELECT name, lower(type) FROM pragma_table_xinfo(?) ORDER BY name', name).map((row) => row.join(' '));
  const typesBefore = new Set(types(table));
  const keepsType = ({ sqlName }: { readonly sqlName: string }) =>
    types(copyName(table)).some((type) => type.startsWith(`${sqlName} `) && typesBefore.has(type));
  if (!common.every((column) => copiesAsItIs(rebuild, column.sqlName) && keepsType(column))) return true;
  // All rows count as changed if a column may have been renamed.
  return changedSql(before, after) !== changedSql({ ...before, columns: common }, { ...after, columns: common });
}

/** Copies up to `limit` rows, or fewer if they are large. Gives how many that were. @throws MigrationRefused if the new table does not take one. */
export function copyStep(
  session: SqlSession,
  model: Model,
  rebuild: Rebuild,
  record: RebuildRecord,
  limit: number,
): number {
  const { table } = rebuild;
  const changed = rowsThatFit(session, table, changedIdsSql(table, limit), limit);
  if (changed > 0) {
    copyRows(session, model, rebuild, record, changedRowsCondition(table, changed));
    session.run(
      `DELETE FROM _rebuild_rows WHERE name = ${quoteText(table)} AND id IN (${changedIdsSql(table, changed)})`,
    );
    return changed;
  }
  const isFirst = !record.isStarted;
  const copied = rowsThatFit(session, table, nextIdsSql(table, 'copied', isFirst, limit), limit);
  if (copied === 0) return 0;
  session.run(moveBoundsSql(table, 'copied', isFirst, copied));
  copyRows(session, model, rebuild, record, passedRowsCondition(table, 'copied', isFirst));
  session.run('UPDATE _rebuilds SET rows = rows + ? WHERE name = ?', copied, table);
  return copied;
}

/** More is left than a step may have: so many rows, or so many bytes. */
export function isMoreLeft(session: SqlSession, { name, isStarted }: RebuildRecord, rows: number): boolean {
  const changed = changedIdsSql(name, rows + 1);
  const next = nextIdsSql(name, 'copied', !isStarted, rows + 1);
  const all = `SELECT id FROM (${changed}) UNION ALL SELECT id FROM (${next})`;
  const left = session.row(`SELECT count(*) FROM (${all})`)![0] as number;
  return left > rows || rowsThatFit(session, name, all, left) < left;
}

const copySql = (session: SqlSession, rebuild: Rebuild, condition: RowsCondition): string =>
  copyRowsSql(rebuild, addedColumns(session, rebuild), !keyIsRowId(session, copyName(rebuild.table)), condition);

function copyRows(
  session: SqlSession,
  model: Model,
  rebuild: Rebuild,
  { compares }: RebuildRecord,
  condition: RowsCondition,
): void {
  const { table } = rebuild;
  const sql = copySql(session, rebuild, condition);
  try {
    session.run(sql);
  } catch (error) {
    // The storage, or the platform, has failed: that says nothing about the migration.
    if (!(error instanceof StatementError)) throw error;
    throw new MigrationRefused(copyProblems(session, rebuild, sql, error));
  }
  for (const check of rebuild.checks) {
    const unfit = unfitValues(session, { ...check, table: copyName(table) }, condition(''));
    if (unfit !== null)
      throw new MigrationRefused([{ ...valueProblem(check, unfit), rows: null, tag: rebuild.at.tag }]);
  }
  if (compares) markChanged(session, model, rebuild, condition);
}

/**
 * Rows that have got other values have a negative version in the copy: they are to be logged, and to get a new one, once the copy is the table.
 * By then the old row may be gone.
 */
function markChanged(session: SqlSession, model: Model, rebuild: Rebuild, condition: RowsCondition): void {
  const { table } = rebuild;
  const [before, after] = [storedTable(session, model, table)!, storedTable(session, model, copyName(table), table)!];
  const isFilled = addedColumns(session, rebuild)
    .filter(({ name }) => rebuild.columns.includes(name))
    .map(({ name, value }) => `n.${quoteName(name)} IS NOT ${value}`);
  const common = after.columns.filter(({ sqlName }) => !rebuild.added.includes(sqlName));
  const isChanged = orSql([changedSql(before, { ...after, columns: common }), ...isFilled]);
  session.run(
    `UPDATE ${quoteName(copyName(table))} AS n SET ${ROW_VERSION_COLUMN} = ${negatedSql(`n.${ROW_VERSION_COLUMN}`)}
     FROM ${quoteName(table)} AS o
     WHERE ${condition('o.')} AND ${condition('n.')} AND n.${ROW_ID} = o.${ROW_ID} AND (${isChanged})`,
  );
}

/** Tables whose copies none of these rebuilds wants. */
export const unwantedCopies = (session: SqlSession, rebuilds: readonly Rebuild[]): string[] =>
  readRebuilds(session)
    .filter(({ phase }) => phase === 'copying')
    .filter(({ name, id }) => !rebuilds.some((rebuild) => rebuild.table === name && rebuild.id === id))
    .map(({ name }) => name);

/** Gives the copies of these tables up. */
export function dropCopies(session: SqlSession, tables: readonly string[]): void {
  for (const table of tables) {
    dropCopyTriggers(session, table);
    session.run(`DROP TABLE IF EXISTS ${quoteName(copyName(table))}`);
    removeRebuild(session, table);
  }
}

export function dropCopyTriggers(session: SqlSession, table: string): void {
  for (const { name } of copyTriggers(table)) session.run(`DROP TRIGGER IF EXISTS ${quoteName(name)}`);
}

/** How far a pass over a table is, as a share of the row ids, from 0 to 1. */
export function passedShare(session: SqlSession, { name, isStarted, phase }: RebuildRecord): number {
  if (!isStarted) return 0;
  const [share] = session.row(
    `SELECT CAST(${phase === 'copying' ? 'copied_to' : 'settled_to'} - least AS REAL) / max(1.0, CAST(greatest - least AS REAL))
     FROM _rebuilds, (SELECT min(${ROW_ID}) AS least FROM ${quoteName(name)}), (SELECT max(${ROW_ID}) AS greatest FROM ${quoteName(name)})
     WHERE name = ?`,
    name,
  ) as [number | null];
  return Math.max(0, Math.min(1, share ?? 1));
}
