import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { LOG_TRIGGER_PREFIX } from '../log/log-triggers.ts';
import { SEARCH_PREFIX } from '../search/search-index.ts';

/**
 * Takes ShardQL's triggers of some tables away, for the rest of a transaction that is rolled back. While there is no clock, those of the log have
 * nothing to do. Each takes some time to drop, so others stay.
 *
 * @param tables by name in SQL.
 * @param searches full-text indexes are asked for: they have to follow.
 */
export function dropTableTriggers(session: SqlSession, tables: Iterable<string>, searches: boolean): void {
  const prefixes = searches ? [LOG_TRIGGER_PREFIX] : [LOG_TRIGGER_PREFIX, SEARCH_PREFIX];
  const names = session.rows(
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (SELECT value FROM json_each(?))",
    JSON.stringify([...tables]),
  ) as [string][];
  for (const [name] of names) {
    if (prefixes.some((prefix) => name.startsWith(prefix))) session.run(`DROP TRIGGER ${quoteName(name)}`);
  }
}
