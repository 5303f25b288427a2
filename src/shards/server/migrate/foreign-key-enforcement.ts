import type { SqlSession } from '../sql-session.ts';

/** drizzle-kit puts these around a table rebuild. Inside a transaction SQLite ignores them. */
const FOREIGN_KEYS_PRAGMA = /^\s*PRAGMA\s+foreign_keys\s*=\s*\w+\s*;?\s*$/i;

/** The statements without `PRAGMA foreign_keys`, and whether there was one: the migration wants enforcement off. */
export function splitForeignKeyPragmas(statements: readonly string[]): {
  readonly statements: readonly string[];
  readonly wantsEnforcementOff: boolean;
} {
  const others = statements.filter((statement) => !FOREIGN_KEYS_PRAGMA.test(statement));
  return { statements: others, wantsEnforcementOff: others.length < statements.length };
}

const isEnforced = (session: SqlSession): boolean => session.row('PRAGMA foreign_keys')![0] === 1;

/**
 * Switches the enforcement of foreign keys. SQLite does that outside transactions only, and every write opens one that
 * the platform commits after the current turn of the event loop: hence the wait. The caller keeps other work out.
 */
async function setEnforcement(storage: DurableObjectStorage, session: SqlSession, on: boolean): Promise<void> {
  if (isEnforced(session) === on) return;
  await storage.sync();
  session.run(`PRAGMA foreign_keys = ${on ? 'ON' : 'OFF'}`);
  if (isEnforced(session) !== on) {
    throw new Error(`Expected foreign keys to be ${on ? 'enforced' : 'off'}, but got a transaction that was open.`);
  }
}

export const enforceForeignKeys = (storage: DurableObjectStorage, session: SqlSession): Promise<void> =>
  setEnforcement(storage, session, true);

/**
 * Runs `work` while foreign keys are not enforced: dropping a table then does not delete the rows that refer to it.
 * They are enforced again afterwards, also when it throws; a new connection (after a crash) enforces them from its start.
 */
export async function withoutForeignKeys(
  storage: DurableObjectStorage,
  session: SqlSession,
  work: () => void,
): Promise<void> {
  await setEnforcement(storage, session, false);
  try {
    work();
  } finally {
    await setEnforcement(storage, session, true);
  }
}

/** Throws if a row refers to nothing. */
export function checkForeignKeys(session: SqlSession): void {
  const violation = session.row('PRAGMA foreign_key_check');
  if (violation) {
    throw new Error(
      `Expected every foreign key to hold, but got a row of ${violation[0]} that refers to no row of ${violation[2]}.`,
    );
  }
}
