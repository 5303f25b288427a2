import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { MAX_FULL_BYTES, PLATFORM_BYTES } from '../../capacity.ts';
import { ShardQLError } from '../../errors.ts';
import type { WriteOperation } from '../../operation.ts';
import { type Caller, DEVELOPER, OPERATOR, SYSTEM } from '../../protocol/envelope.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName, sumOf } from '../../sql/sql-text.ts';
import type { Capacity } from '../capacity/capacity.ts';
import { BY_ROW_IDS } from './row-id-lists.ts';

/**
 * What operations do to a shard that is full. `ADDS`: they are refused. `CHANGES`: they may go on where the rows that they change
 * take no more bytes than before, which they ask themselves. The others may log what they change, and that is all: they take back more
 * than they add once the log is trimmed.
 */
const GROWTH: { readonly [Kind in WriteOperation['kind']]: 'ADDS' | 'CHANGES' | 'NONE' } = {
  create: 'ADDS',
  createMany: 'ADDS',
  update: 'CHANGES',
  updateMany: 'CHANGES',
  upsert: 'CHANGES',
  import: 'ADDS',
  delete: 'NONE',
  deleteMany: 'NONE',
  purge: 'NONE',
  unlink: 'NONE',
  restore: 'NONE',
  undo: 'NONE',
  find: 'NONE',
};

/**
 * An update logs the old values, so a shard that is full grows by updates that do not grow rows, until the log is trimmed. They have half
 * of what is left up to the limit of the platform: who updates rows all the time must not take the room of deletes.
 */
const CHANGES_RESERVE_BYTES = (PLATFORM_BYTES - MAX_FULL_BYTES) / 2;

/** To whom it is shown how large the shard is. What other tenants store is no other caller's business. */
const MAY_KNOW_SIZES: ReadonlySet<string> = new Set([OPERATOR.role, DEVELOPER.role, SYSTEM.role]);

/** Whether what a commit writes has room in its shard. */
export class Room {
  readonly #capacity: Capacity;
  readonly #session: SqlSession;
  readonly #caller: Caller;

  constructor(capacity: Capacity, session: SqlSession, caller: Caller) {
    this.#capacity = capacity;
    this.#session = session;
    this.#caller = caller;
  }

  /** @throws ShardQLError `SHARD_FULL` if an operation of this kind may grow a shard that is full, whatever rows it changes. */
  requireFor(kind: WriteOperation['kind']): void {
    const growth = GROWTH[kind];
    if (growth === 'NONE' || !this.#isFull) return;
    const { lastingBytes, settings } = this.#capacity;
    if (growth === 'ADDS' || lastingBytes >= settings.fullBytes + CHANGES_RESERVE_BYTES) throw this.#full();
  }

  /**
   * A row is added by an operation that might have changed one.
   *
   * @throws ShardQLError `SHARD_FULL`
   */
  requireForNewRow(): void {
    if (this.#isFull) throw this.#full();
  }

  /**
   * Runs what changes columns of rows.
   *
   * @throws ShardQLError `SHARD_FULL`, to roll the change back, if the shard is full and the rows together take more bytes than before.
   */
  changing<T>(table: TableModel, columns: readonly ColumnModel[], rowIds: readonly string[], change: () => T): T {
    if (!this.#isFull) return change();
    const before = this.#bytesOf(table, columns, rowIds);
    const changed = change();
    if (this.#bytesOf(table, columns, rowIds) > before) throw this.#full();
    return changed;
  }

  get #isFull(): boolean {
    return this.#capacity.mayBeFull && this.#capacity.lastingBytes >= this.#capacity.settings.fullBytes;
  }

  /** Lengths are in the heads of rows, so that large values are not read. */
  #bytesOf(table: TableModel, columns: readonly ColumnModel[], rowIds: readonly string[]): number {
    const bytes = sumOf(columns.map(({ sqlName }) => valueBytesSql(quoteName(sqlName))));
    const sql = `SELECT coalesce(sum(${bytes}), 0) FROM ${quoteName(table.sqlName)} WHERE ${BY_ROW_IDS}`;
    return this.#session.row(sql, JSON.stringify(rowIds))![0] as number;
  }

  #full(): ShardQLError {
    const { bytes, settings, shard } = this.#capacity;
    const size = (count: number) => count.toLocaleString('en-US');
    const found = MAY_KNOW_SIZES.has(this.#caller.role)
      ? `${shard}, which holds ${size(bytes)} bytes and is full from ${size(settings.fullBytes)} on`
      : 'one that is full';
    return new ShardQLError(
      'SHARD_FULL',
      `Expected a shard with room for what this write may add, but got ${found}. Delete or purge rows first: deletes go on, updates too that make rows no larger, and so do other writes once there is room.`,
      { retryable: false },
    );
  }
}

/** Numbers count alike: a counter that gets another digit does not grow its row. */
const valueBytesSql = (value: string): string =>
  `CASE WHEN typeof(${value}) IN ('text', 'blob') THEN octet_length(${value}) ELSE 8 * (${value} IS NOT NULL) END`;
