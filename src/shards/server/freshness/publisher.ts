import { report } from '../../../events/report.ts';
import { ConcurrencyLimit } from '../../../lib/concurrency-limit.ts';
import { inTime, type Timers, wait } from '../../../lib/timers.ts';
import type { Model } from '../../../model/types.ts';
import { stampsKvKey } from '../../kv-key.ts';
import { LagHistogram } from '../../lag-histogram.ts';
import type { ShardKey } from '../../shard-key.ts';
import { SqlSession } from '../../sql/sql-session.ts';
import { stampSchema } from '../../stamp-schema.ts';
import { encodeStamps } from '../../stamps.ts';
import type { Freshness } from './freshness.ts';

/** What publishing needs of Workers KV. */
export interface StampKv {
  put(key: string, value: string, options: { readonly expirationTtl: number }): Promise<void>;
}

/** Least time between two puts of a key, in milliseconds (developers.cloudflare.com/kv/platform/limits: 1 write per second). */
const PUT_INTERVAL_MS = 1_000;
const PUT_ATTEMPTS = 3;
/** A put that takes longer counts as failed. */
const PUT_TIMEOUT_MS = 10_000;
/** Puts under way side by side: the platform lets six connections wait at once. */
const MAX_PUTS = 6;
/** After so many keys that failed the others are left for later: KV is down. */
const MAX_FAILED_KEYS = 6;
/** How long an old put may take to land, in milliseconds. */
const OLD_PUT_MS = 30_000;
/** When the alarm tries again what it could not publish. */
const RETRY_MS = 10_000;
/** When the alarm goes on with what was too much for one run. */
const GO_ON_MS = 1_000;
/** The least life of a KV key that the platform takes. */
const MIN_TTL_SECONDS = 60;

interface PublisherOptions {
  readonly model: Model;
  readonly kv: StampKv;
  readonly storage: Pick<DurableObjectStorage, 'sql'>;
  readonly freshness: Freshness;
  /** Of {@link Publisher.publishDue}, for changes from log row `sinceSeq` on. */
  readonly schedule: (atMs: number, nowMs: number, sinceSeq: number) => void;
  /** Nothing is left: that need not run any more. */
  readonly unschedule: () => void;
  readonly timers: Timers;
  /** The shard is the writer of this shard key's stamps. */
  readonly owns: (shardKey: ShardKey) => boolean;
  /** Told when all that was asked for is published, or has failed. */
  readonly onPublished?: () => void;
}

/**
 * Puts stamps to KV. It waits, so other requests run meanwhile: each put takes the stamps as they are when it is sent,
 * and what changes after that stays unpublished. Of one key no two puts are under way at once, so that an older one never
 * lands on a newer; where that cannot be known (a start, a failure), the key is put again later.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #schema: string;
  readonly #putByKey = new Map<ShardKey, Promise<boolean>>();
  /** When the last put of a key was sent; those of more than a second ago do not matter. */
  readonly #putAtMsByKey = new Map<ShardKey, number>();
  /** Those that are published once their turn comes. */
  readonly #later = new Set<ShardKey>();
  readonly #puts = new ConcurrencyLimit(MAX_PUTS);
  /** From each commit until KV had taken the put that included it. */
  readonly lag = new LagHistogram();
  #putCount = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#schema = stampSchema(options.model);
  }

  /** How many puts KV has taken. */
  get puts(): number {
    return this.#putCount;
  }

  /**
   * Publishes what has changed so far under these shard keys. Gives those that could not be published.
   *
   * A key that was put less than a second ago must wait for its turn. It holds up neither the caller nor other keys: it is
   * taken over, and published when its turn comes, or by the alarm, which every such commit has set, if this life ends.
   */
  async publish(shardKeys: Iterable<ShardKey>): Promise<ShardKey[]> {
    const queue: ShardKey[] = [];
    for (const shardKey of new Set(shardKeys)) {
      if (this.#mustWait(shardKey)) this.#publishLater(shardKey);
      else queue.push(shardKey);
    }
    const failed: ShardKey[] = [];
    const lane = async () => {
      while (failed.length < MAX_FAILED_KEYS) {
        const shardKey = queue.shift();
        if (shardKey === undefined) return;
        if (!(await this.#publishOne(shardKey))) failed.push(shardKey);
      }
    };
    await Promise.all(Array.from({ length: Math.min(MAX_PUTS, queue.length) }, lane));
    this.#rest();
    const left = [...failed, ...queue];
    if (left.length > 0) report({ type: 'stamps-not-put', keys: left.length });
    this.#options.onPublished?.();
    return left;
  }

  /** Puts the stamps of shard keys under which traces were left. In the background: until it is done, readers keep nothing there. */
  publishTraces(shardKeys: readonly ShardKey[]): void {
    if (shardKeys.length === 0) return;
    this.publish(shardKeys).then(
      (left) => left.length > 0 && this.#schedule(this.#options.timers.now() + RETRY_MS),
      (error: unknown) => report({ type: 'publishing-failed', error }),
    );
  }

  /** Publishes all that is due, and schedules itself as long as something is left. */
  async publishDue(): Promise<void> {
    const { freshness, storage } = this.#options;
    freshness.listUnpublished(new SqlSession(storage.sql));
    this.#awaitOldPuts();
    const left = await this.publish(freshness.unpublished.due());
    this.#scheduleRest(left.length > 0);
  }

  #scheduleRest(hasFailed: boolean): void {
    const { freshness, timers } = this.#options;
    const { unpublished } = freshness;
    const nowMs = timers.now();
    if (hasFailed) this.#schedule(nowMs + RETRY_MS);
    else if (unpublished.unlistedSeq !== null || unpublished.due().length > 0) this.#schedule(nowMs + GO_ON_MS);
    // Puts are under way, or will be once more. If this life ends before, the next one has to know of them: they may land on its own.
    else if (!unpublished.isEmpty) this.#schedule(nowMs + OLD_PUT_MS);
  }

  /**
   * Puts keys once more when the old puts that may land on theirs have landed. That is after a time that has truly passed, so
   * a timer measures it: by the wall clock, which may be set ahead, the last put could come before an old one lands, whose
   * stamps would then stay. A clock that is set back puts nothing off either.
   */
  #awaitOldPuts(): void {
    const { freshness, timers } = this.#options;
    const wait = freshness.unpublished.beginWait();
    if (wait === null) return;
    timers.setTimer(() => {
      if (freshness.unpublished.endWait(wait)) this.#schedule(timers.now());
    }, OLD_PUT_MS);
  }

  #mustWait(shardKey: ShardKey): boolean {
    return this.#putByKey.has(shardKey) || this.#pauseMs(shardKey, 1) > 0;
  }

  #publishLater(shardKey: ShardKey): void {
    if (this.#later.has(shardKey)) return;
    this.#later.add(shardKey);
    this.#publishInTurn(shardKey)
      .catch((error: unknown) => {
        report({ type: 'publishing-failed', error });
        return false;
      })
      .then((isPublished) => {
        this.#later.delete(shardKey);
        this.#options.onPublished?.();
        if (!isPublished) this.#schedule(this.#options.timers.now() + RETRY_MS);
      });
  }

  /** Until no change is left: callers were answered that theirs are taken over. */
  async #publishInTurn(shardKey: ShardKey): Promise<boolean> {
    do {
      if (!(await this.#publishOne(shardKey))) return false;
      this.#rest();
    } while (this.#options.freshness.unpublished.isDirty(shardKey));
    return true;
  }

  async #publishOne(shardKey: ShardKey): Promise<boolean> {
    const { owns, freshness } = this.#options;
    if (!owns(shardKey)) {
      freshness.unpublished.drop(shardKey);
      return true;
    }
    // A put that is under way may have been sent before the last change: then one more follows, and has it.
    const underWay = this.#putByKey.get(shardKey);
    if (underWay !== undefined && !(await underWay)) return false;
    if (!freshness.unpublished.isDirty(shardKey)) return true;
    return await (this.#putByKey.get(shardKey) ?? this.#startPut(shardKey));
  }

  #startPut(shardKey: ShardKey): Promise<boolean> {
    const put = this.#put(shardKey).finally(() => this.#putByKey.delete(shardKey));
    this.#putByKey.set(shardKey, put);
    return put;
  }

  async #put(shardKey: ShardKey): Promise<boolean> {
    const { kv, freshness, timers } = this.#options;
    const { unpublished } = freshness;
    const key = await stampsKvKey(shardKey);
    for (let attempt = 1; attempt <= PUT_ATTEMPTS; attempt++) {
      await this.#waitForTurn(shardKey, attempt);
      try {
        let isOfTrace = false;
        await this.#puts.run(async () => {
          this.#recordPut(shardKey);
          isOfTrace = freshness.traces.isUnstamped(shardKey);
          unpublished.putBegins(shardKey);
          const text = encodeStamps(freshness.stampsOf(shardKey), this.#schema);
          const expirationTtl = Math.max(MIN_TTL_SECONDS, Math.ceil(freshness.stampLifeMs / 1000));
          await inTime(timers, kv.put(key, text, { expirationTtl }), PUT_TIMEOUT_MS, tooLate);
        });
        this.#putCount++;
        for (const changedAtMs of unpublished.putSucceeded(shardKey)) this.lag.observe(timers.now() - changedAtMs);
        if (isOfTrace) freshness.traces.stamped(shardKey);
        if (unpublished.isPublished(shardKey)) freshness.traces.settled(shardKey);
        return true;
      } catch {
        unpublished.putFailed(shardKey);
        this.#awaitOldPuts();
        // For the next life, on whose puts it may land: a trace has set no alarm.
        this.#schedule(timers.now() + OLD_PUT_MS);
      }
    }
    return false;
  }

  /** At most one put per second and key; after failures fewer. */
  async #waitForTurn(shardKey: ShardKey, attempt: number): Promise<void> {
    const pauseMs = this.#pauseMs(shardKey, attempt);
    if (pauseMs > 0) await wait(this.#options.timers, pauseMs);
  }

  /** How long the next put of a key has to wait; not at all if it is not positive. A clock set back makes it no longer. */
  #pauseMs(shardKey: ShardKey, attempt: number): number {
    const lastMs = this.#putAtMsByKey.get(shardKey) ?? Number.NEGATIVE_INFINITY;
    const wholeMs = PUT_INTERVAL_MS * 2 ** (Math.max(attempt, 2) - 2);
    return Math.min(wholeMs, lastMs + wholeMs - this.#options.timers.now());
  }

  #recordPut(shardKey: ShardKey): void {
    const nowMs = this.#options.timers.now();
    this.#putAtMsByKey.delete(shardKey);
    this.#putAtMsByKey.set(shardKey, nowMs);
    for (const [oldest, atMs] of this.#putAtMsByKey) {
      if (Math.abs(nowMs - atMs) < PUT_INTERVAL_MS) return;
      this.#putAtMsByKey.delete(oldest);
    }
  }

  #schedule(atMs: number): void {
    const { freshness, schedule, timers } = this.#options;
    schedule(atMs, timers.now(), freshness.unpublishedSeq);
  }

  #rest(): void {
    if (this.#options.freshness.unpublished.isEmpty) this.#options.unschedule();
  }
}

const tooLate = (): Promise<never> =>
  Promise.reject(new Error('Expected KV to take a put in time, but got no answer.'));
