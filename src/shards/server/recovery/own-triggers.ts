/**
 * Triggers that are not ShardQL's own: migrations have made them, or somebody by hand. What they did was logged, and is taken back by the log:
 * so they must not fire on rows that go back. SQLite cannot switch triggers off, but what a transaction drops and creates again nobody else
 * misses. That takes a millisecond or two where there are any.
 *
 * The trigger that was created last fires first, which must be ShardQL's: else what a trigger changes would be logged, and taken from full-text
 * indexes, before the change that it follows.
 */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { LOG_TRIGGER_PREFIX } from '../log/log-triggers.ts';
import { COPY_TRIGGER_PREFIX } from '../migrate/rebuild/copy-sql.ts';
import { SEARCH_PREFIX } from '../search/search-index.ts';
import { END_OF_LOG_TRIGGER } from '../tables/log-table.ts';

interface Trigger {
  readonly name: string;
  readonly sql: string;
}

/** In the order in which they were created. */
const readTriggers = (session: ReadSession): Trigger[] =>
  session
    .rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
    .map(([name, sql]) => ({ name: name as string, sql: sql as string }));

const isOwn = ({ name }: Pick<Trigger, 'name'>): boolean =>
  ![LOG_TRIGGER_PREFIX, SEARCH_PREFIX, COPY_TRIGGER_PREFIX, END_OF_LOG_TRIGGER].some((prefix) =>
    name.startsWith(prefix),
  );

function drop(session: SqlSession, triggers: readonly Trigger[]): void {
  for (const { name } of triggers) session.run(`DROP TRIGGER ${quoteName(name)}`);
}

/** True if one was created after all of ShardQL's, so that it fires before them. Reads the youngest objects of the schema alone. */
export function isOwnTriggerYoungest(session: ReadSession): boolean {
  const youngest = session.row("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid DESC LIMIT 1");
  return youngest !== undefined && isOwn({ name: youngest[0] as string });
}

/** Creates ShardQL's triggers again, as they are, so that they fire before these. Run it in a transaction. */
export function putOwnTriggersLast(session: SqlSession): void {
  const others = readTriggers(session).filter((trigger) => !isOwn(trigger));
  drop(session, others);
  for (const { sql } of others) session.run(sql);
}

/** For the rest of a transaction that is rolled back. */
export const dropOwnTriggers = (session: SqlSession): void => drop(session, readTriggers(session).filter(isOwn));

/** Works in a transaction in which they do not fire. Triggers of ShardQL that are younger are created again too. */
export function withoutOwnTriggers<T>(session: SqlSession, work: () => T): T {
  const triggers = readTriggers(session);
  const oldest = triggers.findIndex(isOwn);
  if (oldest < 0) return work();
  const since = triggers.slice(oldest);
  drop(session, since.filter(isOwn));
  const result = work();
  drop(
    session,
    since.filter((trigger) => !isOwn(trigger)),
  );
  for (const { sql } of since) session.run(sql);
  return result;
}
