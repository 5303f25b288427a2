/**
 * Ends rebuilds whose copies have taken the place of their tables. Until that is done the shard serves nobody. Each function is run in a
 * transaction of its own; whatever life or release of the shard comes next goes on.
 */
import { type Model, ROW_VERSION_COLUMN } from '../../../../model/types.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import { startClock } from '../../clock.ts';
import { versionImageSql } from '../../log/row-image-sql.ts';
import { CLOCK_VERSION_SQL, writeClock } from '../../tables/clock-table.ts';
import { countRows } from '../../tables/log-totals.ts';
import { type RebuildRecord, readRebuilds, removeRebuild, writeLater } from '../../tables/rebuilds-table.ts';
import { logRows, OLD_PREFIX, storedTable } from '../stored-table.ts';
import {
  moveBoundsSql,
  negatedSql,
  nextIdsSql,
  passedRowsCondition,
  REFERENCE_INDEX_PREFIX,
  UNIQUE_INDEX_PREFIX,
} from './copy-sql.ts';
import { rowsThatFit } from './rows-that-fit.ts';

/** The next one to end; null: there is none. */
export const rebuildToSettle = (session: SqlSession): RebuildRecord | null =>
  readRebuilds(session).find(({ phase }) => phase === 'swapped') ?? null;

/** Whether there are rows left that may have changed. */
export function hasUnloggedRows(session: SqlSession, { name, compares, isStarted }: RebuildRecord): boolean {
  return compares && session.row(nextIdsSql(name, 'settled', !isStarted, 1)) !== undefined;
}

/**
 * Logs those of the next up to `limit` rows that have other values than before, with a commit and a version of its own: the copy was made
 * while the clock went on.
 */
export function logStep(
  session: SqlSession,
  model: Model,
  { name, schema, tag, isStarted }: RebuildRecord,
  limit: number,
  nowMs: number,
): void {
  const rows = rowsThatFit(session, name, nextIdsSql(name, 'settled', !isStarted, limit), limit);
  session.run(moveBoundsSql(name, 'settled', !isStarted, rows));
  const table = storedTable(session, model, name)!;
  const [rowsSql, version] = [quoteName(name), ROW_VERSION_COLUMN];
  const isPassed = passedRowsCondition(name, 'settled', !isStarted);
  const changed = `${rowsSql} WHERE ${isPassed('')} AND ${version} < 0`;
  if (session.row(`SELECT 1 FROM ${changed} LIMIT 1`) === undefined) return;
  writeClock(session, startClock(session, () => nowMs).next(), `migration ${tag}`, countRows(session));
  const before = `(SELECT ${ROW_ID} AS id, ${negatedSql(version)} AS ${version} FROM ${changed}) AS o`;
  logRows(session, {
    ...{ schema, name, table, row: 'n', operation: 'update', image: versionImageSql('o') },
    ...{ from: `${before} CROSS JOIN ${rowsSql} AS n`, condition: `n.${ROW_ID} = o.id` },
  });
  session.run(`UPDATE ${rowsSql} SET ${version} = ${CLOCK_VERSION_SQL} WHERE ${isPassed('')} AND ${version} < 0`);
}

export const hasOldTable = (session: SqlSession, name: string): boolean =>
  session.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", OLD_PREFIX + name) !== undefined;

/**
 * The next part of the old table goes: an index, or what is left. SQLite gives their pages free one after the other, so each is a call of its own. Run
 * while foreign keys are not enforced, or SQLite would look for rows that refer to those of the table.
 */
export function dropNextOfOldTable(session: SqlSession, name: string): void {
  const old = OLD_PREFIX + name;
  const [index] = session.row(
    "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL LIMIT 1",
    old,
  ) ?? [null];
  session.run(index === null ? `DROP TABLE ${quoteName(old)}` : `DROP INDEX ${quoteName(index as string)}`);
}

/** Runs the next statement that was left. False: there is none, and the rebuild has ended. */
export function runLater(session: SqlSession, { name, later }: RebuildRecord): boolean {
  const [next, ...rest] = later;
  if (next !== undefined) {
    session.run(next);
    writeLater(session, name, rest);
    return true;
  }
  // Those of the copy have stood in for the indexes that have just been made.
  const indexes = session.rows("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", name);
  for (const [index] of indexes as [string][]) if (isOfCopy(index)) session.run(`DROP INDEX ${quoteName(index)}`);
  removeRebuild(session, name);
  return false;
}

const isOfCopy = (index: string): boolean =>
  [UNIQUE_INDEX_PREFIX, REFERENCE_INDEX_PREFIX].some((prefix) => index.startsWith(prefix));
