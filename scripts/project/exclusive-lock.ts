import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/**
 * Locks a file, which is made if need be, until the lock is closed. Node has no `flock`, but SQLite has: the lock is a write transaction that is
 * never finished. The operating system ends it with the process, however the process ends, so there are no stale locks and no races about
 * taking one over.
 *
 * @returns null: it is locked. Throws what keeps the file from being used.
 */
export function takeExclusiveLock(path: string): DatabaseSync | null {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    lock = new DatabaseSync(path);
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { readonly errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
}
