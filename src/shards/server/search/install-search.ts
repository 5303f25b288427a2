/** Brings the full-text indexes of a database to what the model wants. Driven by the migrator. */
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import {
  addSearchState,
  completeSearchState,
  invalidateSearchStates,
  readSearchStates,
  removeSearchState,
  type SearchState,
} from '../tables/search-table.ts';
import { SEARCH_PREFIX, type SearchIndex } from './search-index.ts';

/** Rows indexed in one transaction: a crash loses no more work, and other objects get their turn in between. */
const ROWS_PER_STEP = 5_000;

/** Statements that neither change rows nor rebuild a table (which gives its rows new ids). */
const LEAVES_ROWS = /^\s*(create\s+(unique\s+)?index|drop\s+index|create\s+table|alter\s+table\s+\S+\s+add)\b/i;
const SEVERAL_STATEMENTS = /;\s*\S/;

/**
 * Takes views and triggers away while a migration runs. If its statements may change rows behind the triggers' back,
 * all indexes will be rebuilt. Run in the migration's transaction.
 */
export function suspendSearch(session: SqlSession, statements: readonly string[]): void {
  for (const [name, { type }] of readFollowers(session)) session.run(`DROP ${type} ${quoteName(name)}`);
  const leavesRows = statements.every((each) => LEAVES_ROWS.test(each) && !SEVERAL_STATEMENTS.test(each));
  if (!leavesRows) invalidateSearchStates(session);
}

/** True if exactly these indexes are there, complete and followed by their triggers. */
export function isSearchInstalled(session: SqlSession, indexes: readonly SearchIndex[]): boolean {
  const states = readSearchStates(session);
  if (states.length !== indexes.length || !indexes.every((index) => stateOf(states, index)?.isComplete)) return false;
  const installed = readFollowers(session);
  const wanted = indexes.flatMap(({ followers }) => [...followers]);
  return installed.size === wanted.length && wanted.every(([name, sql]) => installed.get(name)?.sql === sql);
}

/** Drops what the model no longer wants and makes what it lacks, empty. Run in a transaction. */
export function createSearchIndexes(session: SqlSession, indexes: readonly SearchIndex[]): void {
  for (const [name, { type }] of readFollowers(session)) session.run(`DROP ${type} ${quoteName(name)}`);
  const states = readSearchStates(session);
  for (const state of states) {
    if (indexes.some((index) => stateOf([state], index))) continue;
    session.run(`DROP TABLE IF EXISTS ${quoteName(state.name)}`);
    removeSearchState(session, state.name);
  }
  for (const index of indexes) {
    for (const sql of index.followers.values()) session.run(sql);
    if (stateOf(states, index)) continue;
    session.run(index.createTable);
    addSearchState(session, index.name, index.hash);
  }
}

/**
 * Indexes some rows of an index that is not complete. Run in a transaction, while no request is served: the triggers are there
 * already, and take rows for indexed that are not yet.
 *
 * @returns whether it is complete now.
 */
export function indexNextRows(session: SqlSession, index: SearchIndex): boolean {
  const state = stateOf(readSearchStates(session), index)!;
  if (state.isComplete) return true;
  const columns = index.columns.join(', ');
  const rows = (what: string): string =>
    `SELECT ${what} FROM ${quoteName(index.view)}` +
    (state.isStarted ? ' WHERE id > (SELECT indexed_to FROM _search WHERE name = ?)' : '') +
    ` ORDER BY id LIMIT ${ROWS_PER_STEP}`;
  const bindings = state.isStarted ? [index.name] : [];
  // Row ids may exceed 2^53, so they stay in SQL.
  const found = session.row(`SELECT count(*) FROM (${rows('id')})`, ...bindings)![0] as number;
  if (found > 0) {
    session.run(`INSERT INTO ${quoteName(index.name)} (rowid, ${columns}) ${rows(`id, ${columns}`)}`, ...bindings);
    session.run(
      `UPDATE _search SET indexed_to = (SELECT max(id) FROM (${rows('id')})) WHERE name = ?`,
      ...bindings,
      index.name,
    );
  }
  if (found < ROWS_PER_STEP) completeSearchState(session, index.name);
  return found < ROWS_PER_STEP;
}

/** The state of this very definition; undefined if there is none, or another. */
const stateOf = (states: readonly SearchState[], { name, hash }: SearchIndex): SearchState | undefined =>
  states.find((state) => state.name === name && state.hash === hash);

/** Views and triggers of full-text indexes, triggers first. */
const readFollowers = (session: SqlSession): Map<string, { readonly type: string; readonly sql: string }> =>
  new Map(
    session
      .rows(
        `SELECT name, type, sql FROM sqlite_master WHERE type IN ('trigger', 'view') AND substr(name, 1, ${SEARCH_PREFIX.length}) = ? ORDER BY type`,
        SEARCH_PREFIX,
      )
      .map(([name, type, sql]) => [name as string, { type: type as string, sql: sql as string }]),
  );
