import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { LOG_TRIGGER_PREFIX, type LogTrigger } from './log-triggers.ts';

const readTriggers = (session: SqlSession): Map<string, string> =>
  new Map(
    session.rows(
      `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, ${LOG_TRIGGER_PREFIX.length}) = ?`,
      LOG_TRIGGER_PREFIX,
    ) as [string, string][],
  );

/** True if exactly these triggers are there, with exactly this text. */
export function areTriggersInstalled(session: SqlSession, triggers: readonly LogTrigger[]): boolean {
  const installed = readTriggers(session);
  return installed.size === triggers.length && triggers.every(({ name, sql }) => installed.get(name) === sql);
}

/** Drops all log triggers. Migrations run without those of the model, as their tables are others in between. */
export function dropTriggers(session: SqlSession): void {
  for (const name of readTriggers(session).keys()) session.run(`DROP TRIGGER ${quoteName(name)}`);
}

/** Replaces all log triggers by these. Run it in a transaction. */
export function installTriggers(session: SqlSession, triggers: readonly LogTrigger[]): void {
  dropTriggers(session);
  for (const { sql } of triggers) session.run(sql);
}
