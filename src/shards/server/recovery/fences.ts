import { ShardQLError } from '../../errors.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { findCopy } from '../tables/copies-table.ts';
import { readOpenRestores, type StoredRestore } from '../tables/restores-table.ts';

/** When those who are refused should try again, in milliseconds: thousands of rows go back in that time. */
const RETRY_AFTER_MS = 500;

/**
 * Which shard keys are being restored: nobody reads or writes their rows meanwhile, as they are in no state that was ever
 * meant. A copy of the open rows of `_restores` in memory: it is renewed after each transaction that changes them, in the same turn.
 */
export class Fences {
  /** Null: all of the shard. */
  #shardKeys: ReadonlySet<ShardKey> | null = new Set();
  /** Some rows behind a fence are in no state that was ever meant. */
  #hasRows = false;

  constructor(session: ReadSession) {
    this.renew(session);
  }

  renew(session: ReadSession): void {
    const restores = readOpenRestores(session);
    const open = restores.map(({ shardKeys }) => shardKeys);
    this.#shardKeys = open.includes(null) ? null : new Set(open.flatMap((keys) => keys!));
    this.#hasRows = restores.some((restore) => !isReading(session, restore));
  }

  /** Some shard key is behind a fence. */
  get areUp(): boolean {
    return this.#shardKeys === null || this.#shardKeys.size > 0;
  }

  /** A restore of this very shard key is open, or a copy under it. */
  isOf(shardKey: ShardKey): boolean {
    return this.#shardKeys?.has(shardKey) ?? false;
  }

  /** Some of these shard keys, null: of all, are behind a fence. */
  hold(shardKeys: readonly ShardKey[] | null): boolean {
    if (!this.areUp) return false;
    const fenced = this.#shardKeys;
    if (shardKeys === null) return this.#hasRows;
    return fenced === null || shardKeys.some((key) => fenced.has(key));
  }

  /**
   * Holds reads and writes to what is not behind a fence. `shardKeys`: null: all, as of a scatter, which must not be shorter for it.
   *
   * @throws ShardQLError SHARD_UNAVAILABLE, to be tried again.
   */
  requireOpen(shardKeys: readonly ShardKey[] | null): void {
    if (!this.hold(shardKeys)) return;
    throw new ShardQLError(
      'SHARD_UNAVAILABLE',
      'Expected rows that may be read and written now, but got some that are being restored to an earlier time. Repeat the request later.',
      { retryable: true, retryAfterMs: RETRY_AFTER_MS },
    );
  }
}

/** A copy that has not written any row yet: there is nothing under its shard key that others could see half of. */
const isReading = (session: ReadSession, { id, state }: StoredRestore): boolean =>
  state === 'RUNNING' && !['WRITE', undefined].includes(findCopy(session, id)?.stage.stage);
