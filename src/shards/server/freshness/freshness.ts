import type { Model, TableModel } from '../../../model/types.ts';
import { maxEntryLifeMs, stampLifeMs } from '../../entry-life.ts';
import { MEMORY } from '../../isolate-memory.ts';
import type { CacheableRead, ReadCall } from '../../plan/read.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Stamps, Touched } from '../../stamps.ts';
import { type Version, versionAt, versionToMs } from '../../version.ts';
import type { WallClock } from '../clock.ts';
import { readLastVersion } from '../tables/clock-table.ts';
import { readEntryLifeMs, writeEntryLifeMs } from '../tables/entry-life-table.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { readLastLogSeq, readLoggedKeys, readTablesOfVersion } from '../tables/log-table.ts';
import { type LogTotal, readLogTotals } from '../tables/log-totals.ts';
import { changedBuckets } from './changed-buckets.ts';
import { RecentReads } from './recent-reads.ts';
import { StampBook } from './stamp-book.ts';
import { Traces } from './traces.ts';
import { UnpublishedKeys } from './unpublished-keys.ts';

const MAX_UNPUBLISHED_KEYS = 10_000;

/** More changes of a table under one shard key in one commit are stamped as a change of all of the table. */
const MAX_STAMPED_ROWS = 500;

/** When the alarm publishes what no event has published, in milliseconds after the commit: done within 30 s. */
const ALARM_DELAY_MS = 20_000;

interface FreshnessOptions {
  readonly model: Model;
  readonly wallClock: WallClock;
  /** Of the publishing of what no event has published: changes from log row `sinceSeq` on. */
  readonly schedule: (atMs: number, nowMs: number, sinceSeq: number) => void;
  /** Whether reads may add rows of traces to the database. Default: they may. */
  readonly hasRoom?: () => boolean;
  /** There is a KV to put stamps to. Without one, caches are within isolates, and nothing has to be published. */
  readonly publishes: boolean;
  /** Answers may be kept in that KV. Default: true. Stamps, which have no values of rows, are put there in any case. */
  readonly covers?: boolean;
  /** From this log row on a life before this one may have left changes unpublished. Null: it has not. */
  readonly unpublishedSince?: number | null;
  /** The shard has never run before: nothing can be cached. */
  readonly isNew: boolean;
  /** Told what each commit has changed, and each migration, if anything; and whether some of it is to be published. */
  readonly onCommit?: (totals: readonly LogTotal[], isUnpublished: boolean) => void;
}

/**
 * What a shard knows about how fresh answers are: when things last changed, what may be cached, and whose stamps are not
 * published yet. It is in memory; a start takes all that was changed before for changed by the last commit.
 */
export class Freshness {
  readonly #session: SqlSession;
  readonly #options: FreshnessOptions;
  readonly #tableBySqlName: ReadonlyMap<string, TableModel>;
  readonly #book = new StampBook(MEMORY.stamps);
  readonly traces: Traces;
  /** Longest life of a cached answer that any reader has ever named. */
  #lifeMs: number;
  readonly #recentReads: RecentReads;
  /** Changed by this class and by the publisher alone. */
  readonly unpublished = new UnpublishedKeys(MAX_UNPUBLISHED_KEYS);
  /** Of the newest log row that the book has taken in. */
  #lastSeq: number;

  constructor(session: SqlSession, options: FreshnessOptions) {
    const { model, isNew, unpublishedSince = null } = options;
    this.#session = session;
    this.#options = options;
    this.#tableBySqlName = new Map(model.tables.map((table) => [table.sqlName, table]));
    this.#lifeMs = Math.max(maxEntryLifeMs(model), readEntryLifeMs(session));
    this.traces = new Traces(session);
    this.#recentReads = new RecentReads(model, maxEntryLifeMs(model), MEMORY['recent-reads']);
    this.#lastSeq = readLastLogSeq(session);
    // What lives before this one have changed is not looked up: it may have been anything.
    if (!isNew) this.#book.forget(readLastVersion(session));
    // However old it looks: a clock that was behind, or is ahead now, may be hours off. The alarm, which is set, has it listed.
    this.unpublished.unlistedSeq = unpublishedSince;
  }

  /** How long stamps are kept, in milliseconds. */
  get stampLifeMs(): number {
    return stampLifeMs(this.#lifeMs);
  }

  /** Answers may be kept in KV. */
  get #covers(): boolean {
    const { publishes, covers = true } = this.#options;
    return publishes && covers;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /**
   * Reads the commits since the last call from the log. Call it right after a commit, in the same turn. Gives what was
   * changed; all of a table if no part of it can be cached, or if several shard keys were changed.
   */
  committed(session: SqlSession): Touched[] {
    return this.#takeIn(session, (table, shardKey, seq) =>
      changedBuckets(session, this.#options.model, table, shardKey, seq),
    );
  }

  /** The same after migrations. The log does not hold the values that their rows had before. */
  migrated(session: SqlSession): void {
    this.#takeIn(session, () => null);
  }

  #takeIn(
    session: SqlSession,
    bucketsOf: (table: TableModel, shardKey: string, seq: number) => Set<number> | null,
  ): Touched[] {
    const { wallClock, schedule, publishes, onCommit } = this.#options;
    const nowMs = wallClock();
    const seq = this.#lastSeq;
    const totals = readLogTotals(session, seq);
    let isUnpublished = false;
    const touched = new Map<string, readonly number[] | null>();
    for (const { table, shardKey, rows, firstSeq, lastSeq, version } of totals) {
      this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
      const tableModel = this.#tableBySqlName.get(table);
      // Of a table that a migration has dropped.
      if (tableModel === undefined) continue;
      const isStamped = publishes && this.traces.changed(shardKey, nowMs);
      const isTold = isStamped && rows <= MAX_STAMPED_ROWS;
      const buckets = isTold ? bucketsOf(tableModel, shardKey, seq) : null;
      this.#book.record(shardKey, tableModel.typeName, version, buckets);
      if (isStamped) this.#unpublish(shardKey, firstSeq, versionToMs(version));
      isUnpublished ||= isStamped;
      const isFirst = !touched.has(tableModel.typeName);
      touched.set(tableModel.typeName, isFirst && buckets ? [...buckets] : null);
    }
    if (isUnpublished) schedule(nowMs + ALARM_DELAY_MS, nowMs, this.unpublishedSeq);
    if (totals.length > 0) onCommit?.(totals, isUnpublished);
    return [...touched];
  }

  /** Of the first log row that counts as unpublished. */
  get unpublishedSeq(): number {
    return this.unpublished.publishedSeq(this.#lastSeq) + 1;
  }

  #unpublish(shardKey: ShardKey, seq: number, atMs: number | null): void {
    if (this.traces.mayHaveOldPut(shardKey)) this.unpublished.inherited(shardKey, seq, atMs);
    else this.unpublished.changed(shardKey, seq, atMs);
  }

  /** What an earlier commit changed, by table alone; of one that the log does not have any more: any table. */
  touchedBy(session: SqlSession, version: Version): Touched[] {
    if (version <= readTrimmedVersion(session))
      return this.#options.model.tables.map(({ typeName }) => [typeName, null]);
    return readTablesOfVersion(session, this.#lastSeq, version).flatMap((sqlName): Touched[] => {
      const table = this.#tableBySqlName.get(sqlName);
      return table ? [[table.typeName, null]] : [];
    });
  }

  /** Of these shard keys, those for which the router should send an event now. */
  eventsDue(shardKeys: Iterable<ShardKey>): ShardKey[] {
    const nowMs = this.#options.wallClock();
    return [...shardKeys].filter((shardKey) => this.unpublished.takeEvent(shardKey, nowMs));
  }

  /**
   * Answers under these shard keys may be kept from now on, for `lifeMs` milliseconds: by the reader's policy, which may be
   * that of another release. Absent: unknown, and so as long as any of this model. Gives the keys whose stamps have to be put before
   * {@link coveredMs} says so.
   */
  trackCached(shardKeys: readonly ShardKey[], lifeMs = maxEntryLifeMs(this.#options.model)): ShardKey[] {
    const { wallClock, schedule, hasRoom = () => true } = this.#options;
    // Readers keep nothing under a trace whose stamps would not be put. And the database must not run full by reads, which would fail.
    if (!this.#covers || !this.unpublished.hasRoom || !hasRoom()) return [];
    const nowMs = wallClock();
    if (lifeMs > this.#lifeMs) {
      // Stored before the answer leaves: the next life of the shard has to know.
      writeEntryLifeMs(this.#session, lifeMs);
      this.#lifeMs = lifeMs;
    }
    const unstamped = shardKeys.filter((shardKey) => this.traces.leave(shardKey, lifeMs, nowMs));
    for (const shardKey of unstamped) this.#unpublish(shardKey, this.#lastSeq + 1, null);
    // Only where a put of the life before may land later: who dies meanwhile leaves a trace that nobody relies on yet.
    if (unstamped.some((shardKey) => this.traces.mayHaveOldPut(shardKey)))
      schedule(nowMs + ALARM_DELAY_MS, nowMs, this.unpublishedSeq);
    return unstamped;
  }

  /** For how long answers under these shard keys that are read now may be kept, in milliseconds; 0: not at all. */
  coveredMs(shardKeys: readonly ShardKey[]): number {
    const nowMs = this.#options.wallClock();
    if (!this.#covers) return 0;
    return Math.min(...shardKeys.map((shardKey) => this.traces.coveredMs(shardKey, nowMs)));
  }

  /** A cacheable call was answered. `tables`: those that it reads; `changed`: see {@link changed}. */
  remember(call: ReadCall, tables: readonly string[], changed: readonly Version[]): void {
    // A call does not say which key belongs to which of several shard keys.
    const [shardKey, ...others] = call.shardKeys ?? [];
    if (!this.#covers || shardKey === undefined || others.length > 0) return;
    this.#recentReads.record(shardKey, call, tables, changed[0]!, this.#options.wallClock());
  }

  /** The hot reads under these shard keys whose answers have changed since they were last taken. */
  takeHotReads(shardKeys: readonly ShardKey[]): CacheableRead[] {
    const nowMs = this.#options.wallClock();
    return shardKeys.flatMap((shardKey) =>
      this.#recentReads.takeHot(shardKey, (tables) => this.#book.changed(shardKey, tables), nowMs),
    );
  }

  /** Recent reads of a table, newest first. */
  recentReads(shardKey: ShardKey, table: string): CacheableRead[] {
    return this.#recentReads.reading(shardKey, table);
  }

  /** Slots came from another shard: `asOf` is from now, and what happened there before is not known here. */
  arrived(asOf: Version): void {
    this.#book.forget(asOf);
    this.traces.leaveEverywhere(this.#lifeMs, this.#options.wallClock());
  }

  /** For each shard key, the version of the last commit to the tables, or an upper bound. Null: one for all the shard. */
  changed(shardKeys: readonly ShardKey[] | null, tables: readonly string[]): Version[] {
    if (shardKeys === null) return [this.#book.changedAnywhere(tables)];
    return shardKeys.map((shardKey) => this.#book.changed(shardKey, tables));
  }

  /**
   * The stamps of a shard key as of now. With those that end a trace everything under the shard key has changed: later changes are not
   * published, and if the clock has leapt, answers of before are still kept.
   */
  stampsOf(shardKey: ShardKey): Stamps {
    const since = versionAt(this.#options.wallClock() - this.stampLifeMs);
    return this.#book.stampsOf(shardKey, this.traces.isEnding(shardKey) ? Number.POSITIVE_INFINITY : since);
  }

  /** Lists shard keys from the part of the log that was not looked through yet, as far as there is room. */
  listUnpublished(session: SqlSession): void {
    const { unpublished } = this;
    const fromSeq = unpublished.unlistedSeq;
    if (fromSeq === null || !unpublished.hasRoom) return;
    const { model, wallClock } = this.#options;
    const nowMs = wallClock();
    const rows = readLoggedKeys(session, fromSeq, MAX_UNPUBLISHED_KEYS);
    unpublished.unlistedSeq = null;
    for (const [seq, shardKey, version] of rows) {
      if (!this.traces.has(shardKey, nowMs)) continue;
      // If clocks are right, no cached answer is as old as this: it is published, but not measured.
      const atMs = versionToMs(version);
      unpublished.inherited(shardKey, seq, atMs < nowMs - maxEntryLifeMs(model) ? null : atMs);
    }
    if (rows.length === MAX_UNPUBLISHED_KEYS) unpublished.unlistedSeq ??= rows.at(-1)![0] + 1;
  }
}
