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
import { changedSql, logRows, OLD_PREFIX, storedTable } from '../stored-table.ts';
import {
  moveBoundsSql,
  nextIdsSql,
  REFERENCE_INDEX_PREFIX,
  settledRowsCondition,
  UNIQUE_INDEX_PREFIX,
} from './copy-sql.ts';
import { rowsThatFit } from './rows-that-fit.ts';

/** The next one to end; null: there is none. */
export const rebuildToSettle = (session: SqlSession): RebuildRecord | null =>
  readRebuilds(session).find(({ phase }) => phase === 'swapped') ?? null;

/** Whether rows are still to be compared with those of the old table. */
export function comparesRows(session: SqlSession, { name, compares, isStarted }: RebuildRecord): boolean {
  if (!compares || !hasOldTable(session, name)) return false;
  const after = isStarted ? `WHERE ${ROW_ID} > (SELECT settled_to FROM _rebuilds WHERE name = ?)` : '';
  const bindings = isStarted ? [name] : [];
  return session.row(`SELECT 1 FROM ${quoteName(OLD_PREFIX + name)} ${after} LIMIT 1`, ...bindings) !== undefined;
}

/**
 * Logs the next up to `limit` rows as far as they have other values than before, with a commit and a version of its own: the copy was made
 * while the clock went on.
 */
export function compareStep(
  session: SqlSession,
  model: Model,
  { name, schema, tag, isStarted }: RebuildRecord,
  limit: number,
  nowMs: number,
): void {
  const old = OLD_PREFIX + name;
  const rows = rowsThatFit(session, old, nextIdsSql(name, old, 'settled', !isStarted, limit), limit);
  session.run(moveBoundsSql(name, old, 'settled', !isStarted, rows));
  const [before, after] = [storedTable(session, model, old, name)!, storedTable(session, model, name)!];
  const [o, n] = [`${quoteName(old)} AS o`, `${quoteName(name)} AS n`];
  const condition = `${settledRowsCondition(name, !isStarted)} AND n.${ROW_ID} = o.${ROW_ID} AND (${changedSql(before, after)})`;
  if (session.row(`SELECT 1 FROM ${o} CROSS JOIN ${n} WHERE ${condition} LIMIT 1`) === undefined) return;
  writeClock(session, startClock(session, () => nowMs).next(), `migration ${tag}`, countRows(session));
  logRows(session, {
    ...{ schema, name, table: after, row: 'n', operation: 'update', image: versionImageSql('o') },
    ...{ from: `${o} CROSS JOIN ${n}`, condition },
  });
  session.run(`UPDATE ${n} SET ${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL} FROM ${o} WHERE ${condition}`);
}

export const hasOldTable = (session: SqlSession, name: string): boolean =>
  session.row("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", OLD_PREFIX + name) !== undefined;

/** Run while foreign keys are not enforced, or SQLite would look for rows that refer to those of the table. */
export const dropOldTable = (session: SqlSession, name: string): void =>
  session.run(`DROP TABLE ${quoteName(OLD_PREFIX + name)}`);

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
