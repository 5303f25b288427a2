import { BoundedMap } from '../../../lib/bounded-map.ts';
import { MEMORY } from '../../isolate-memory.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { hasShardKey } from '../tables/keys-table.ts';
import { EVERY_SHARD_KEY, readTrace, removeTrace, type Trace, writeTrace } from '../tables/traces-table.ts';

/** How wrong the clocks of readers and shards may be together, in milliseconds: added to every life. */
export const CLOCK_GAP_MS = 60_000;
/** What a row takes that is held in memory too, besides its key, about. */
const HELD_BYTES = 200;

/**
 * Under which shard keys answers may be kept: a change under any other needs no stamps. A copy of a part of `_traces`, which nobody
 * else changes: a shard that wakes knows them.
 *
 * A trace is worth something to readers only once stamps were put after it was left, since they take missing stamps for unknown.
 */
export class Traces {
  readonly #session: SqlSession;
  /** Null: there is none. */
  readonly #traceByKey = new BoundedMap<ShardKey, Trace | null>(MEMORY.traces);
  /** Of those that are not stamped, those that this life has left: no other life can have begun a put since. */
  readonly #own = new Set<ShardKey>();
  /** Over by this clock: they go when the stamps of a change of since then are put. */
  readonly #ending = new Set<ShardKey>();
  #everythingUntilMs: number | undefined;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /**
   * Leaves a trace for answers of this life, unless there is one that lasts. Gives true if there was none: stamps are to be put. None is left under a
   * shard key that never had rows here: readers may ask for any number of those.
   */
  leave(shardKey: ShardKey, lifeMs: number, nowMs: number): boolean {
    const trace = this.#trace(shardKey);
    if (trace === null && !hasShardKey(this.#session, shardKey)) return false;
    const isKnown = trace !== null && (trace.isStamped || this.#own.has(shardKey));
    if (isKnown && this.#leftMs(shardKey, trace, nowMs) >= lifeMs) return false;
    // For the next readers too: each trace costs a put.
    const untilMs = nowMs + 2 * lifeMs + CLOCK_GAP_MS;
    if (trace === null || trace.isStamped) this.#own.add(shardKey);
    this.#write(shardKey, { untilMs: Math.max(untilMs, trace?.untilMs ?? 0), isStamped: false });
    this.#ending.delete(shardKey);
    return true;
  }

  /** How long answers that are read now may be kept, in milliseconds; 0: not at all. */
  coveredMs(shardKey: ShardKey, nowMs: number): number {
    const trace = this.#trace(shardKey);
    return trace?.isStamped ? Math.max(0, this.#leftMs(shardKey, trace, nowMs)) : 0;
  }

  /** A change was made under the shard key. Whether it has to be published. */
  changed(shardKey: ShardKey, nowMs: number): boolean {
    const trace = this.#trace(shardKey);
    if (trace !== null && trace.untilMs < nowMs) this.#ending.add(shardKey);
    return this.has(shardKey, nowMs);
  }

  /** Whether changes under the shard key have to be published. */
  has(shardKey: ShardKey, nowMs: number): boolean {
    return this.#trace(shardKey) !== null || nowMs <= this.#everythingUntil();
  }

  /** A life before this one may have begun a put that lands later. */
  mayHaveOldPut(shardKey: ShardKey): boolean {
    return this.#trace(shardKey)?.isStamped === false && !this.#own.has(shardKey);
  }

  /** It is over, and goes with the next stamps that are put. */
  isEnding(shardKey: ShardKey): boolean {
    return this.#ending.has(shardKey);
  }

  /** No stamps were put since the trace was left. */
  isUnstamped(shardKey: ShardKey): boolean {
    return this.#trace(shardKey)?.isStamped === false;
  }

  /** Stamps were put that were made after the trace was left. */
  stamped(shardKey: ShardKey): void {
    const trace = this.#trace(shardKey);
    this.#own.delete(shardKey);
    if (trace !== null && !trace.isStamped) this.#write(shardKey, { ...trace, isStamped: true });
  }

  /** All changes so far are in stamps that were put, and no older ones can land on them. */
  settled(shardKey: ShardKey): void {
    if (!this.#ending.delete(shardKey)) return;
    removeTrace(this.#session, shardKey);
    this.#hold(shardKey, null);
  }

  /** From now on, for one life, every shard key counts as one under which answers are kept. */
  leaveEverywhere(lifeMs: number, nowMs: number): void {
    const untilMs = Math.max(this.#everythingUntil(), nowMs + lifeMs + CLOCK_GAP_MS);
    writeTrace(this.#session, EVERY_SHARD_KEY, { untilMs, isStamped: false });
    this.#everythingUntilMs = untilMs;
  }

  /** How long an answer that is read now may live under it at most, in milliseconds: not at all once it ends, should the clock go back. */
  #leftMs(shardKey: ShardKey, { untilMs }: Trace, nowMs: number): number {
    return this.#ending.has(shardKey) ? 0 : untilMs - nowMs - CLOCK_GAP_MS;
  }

  #trace(shardKey: ShardKey): Trace | null {
    const held = this.#traceByKey.get(shardKey);
    if (held !== undefined) return held;
    const trace = readTrace(this.#session, shardKey);
    this.#hold(shardKey, trace);
    return trace;
  }

  #write(shardKey: ShardKey, trace: Trace): void {
    writeTrace(this.#session, shardKey, trace);
    this.#hold(shardKey, trace);
  }

  #hold(shardKey: ShardKey, trace: Trace | null): void {
    this.#traceByKey.set(shardKey, trace, HELD_BYTES + 2 * shardKey.length);
  }

  #everythingUntil(): number {
    this.#everythingUntilMs ??= readTrace(this.#session, EVERY_SHARD_KEY)?.untilMs ?? Number.NEGATIVE_INFINITY;
    return this.#everythingUntilMs;
  }
}
