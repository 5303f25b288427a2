import type { SqlSession } from '../../sql/sql-session.ts';

const isEnforced = (session: SqlSession): boolean => session.row('PRAGMA foreign_keys')![0] === 1;

/** Something else in the shard may write at the very moment, such as what was published. */
const ATTEMPTS = 20;

/**
 * Switches the enforcement of foreign keys. SQLite does that outside transactions only, and every write opens one that
 * the platform commits after the current turn of the event loop: hence the wait. The caller keeps requests out.
 */
async function setEnforcement(storage: DurableObjectStorage, session: SqlSession, on: boolean): Promise<void> {
  for (let attempt = 0; isEnforced(session) !== on; attempt++) {
    if (attempt === ATTEMPTS) {
      throw new Error(`Expected foreign keys to be ${on ? 'enforced' : 'off'}, but got a transaction that was open.`);
    }
    await storage.sync();
    session.run(`PRAGMA foreign_keys = ${on ? 'ON' : 'OFF'}`);
  }
}

export const enforceForeignKeys = (storage: DurableObjectStorage, session: SqlSession): Promise<void> =>
  setEnforcement(storage, session, true);

/**
 * Runs `work` while foreign keys are not enforced: dropping a table then does not delete the rows that refer to it.
 * They are enforced again afterwards, also when it throws; a new connection (after a crash) enforces them from its start.
 */
export async function withoutForeignKeys<T>(
  storage: DurableObjectStorage,
  session: SqlSession,
  work: () => T,
): Promise<T> {
  await setEnforcement(storage, session, false);
  try {
    return work();
  } finally {
    await setEnforcement(storage, session, true);
  }
}
