import { EMPTY_SKETCH } from '../../lib/quantile-sketch.ts';
import { type Counts, type IsolateReport, type OperationCounts, OTHER_KEYS } from '../isolate-report.ts';
import { NO_LAGS } from '../lag-histogram.ts';
import { keySummaries, type MonitorTotals } from '../monitor-series.ts';
import type { SqlSession } from '../sql/sql-session.ts';
import { NO_COUNTS, Tally } from '../tally.ts';
import type { Usage } from '../usage.ts';
import { ReportLog } from './report-log.ts';
import { type KnownIsolate, StateStore } from './state-store.ts';
import { Unseen } from './unseen.ts';
import type { WindowCounts } from './window.ts';
import { TOTAL_LIMITS, WINDOW_LEVELS, windowStart } from './window-levels.ts';
import { WindowStore } from './window-store.ts';

/** What is counted, and when it happened. `from`: the isolate that tells it; null: it is of shards. */
interface LoggedReport extends WindowCounts {
  readonly atMs: number;
  readonly from: KnownIsolate | null;
}

/** After so long without a report an isolate is gone, and so are repetitions of its last one. */
const ISOLATE_LIFE_MS = 60 * 60_000;
const MAX_ISOLATES = 5_000;
/** A report that says to be older, or of the future, is of a clock that is wrong: it counts as of now. */
const LATE_MS = 10 * 60_000;

/**
 * All counts: of all time and in windows. What comes is added in memory and appended to a log, one row each; a fold stores what is in
 * memory. After an eviction, that is what was folded last, and the log after it.
 */
export class MonitorCounts {
  readonly windows: WindowStore;
  readonly unseen = new Unseen();
  readonly #log: ReportLog<LoggedReport>;
  readonly #states: StateStore;
  readonly #totals = new Tally(TOTAL_LIMITS);
  readonly #isolates = new Map<string, KnownIsolate>();
  readonly #sinceMs: number;
  #taken = 0;
  #repeated = 0;
  /** Number of the last report that was counted as work of the monitor. */
  #worked: number;
  readonly #transact: (work: () => void) => void;

  /** @param transact runs work in a transaction. */
  constructor(session: SqlSession, nowMs: number, transact: (work: () => void) => void) {
    this.#transact = transact;
    this.windows = new WindowStore(session);
    this.#log = new ReportLog(session);
    this.#states = new StateStore(session);
    const stored = this.#states.read();
    this.#sinceMs = stored?.sinceMs ?? nowMs;
    if (stored) {
      this.#totals.add(stored.counts);
      for (const isolate of stored.isolates) this.#isolates.set(isolate.isolate, isolate);
      this.#taken = stored.taken;
      this.#repeated = stored.repeated;
    }
    this.#worked = stored?.folded ?? 0;
    for (const logged of this.#log.replay(this.#worked)) this.#apply(logged);
  }

  /** Nothing has come since the last fold. */
  get isFolded(): boolean {
    return this.#log.pending === 0;
  }

  /**
   * False: it has come before.
   *
   * @param store stores what else it brings, in the same transaction: if either throws, nothing of the report was taken, and it may come again.
   */
  takeIsolate(
    { isolate, sequence, release, hasQueue, memoryBytes, toMs, ...report }: IsolateReport,
    nowMs: number,
    store: () => void,
  ): boolean {
    const known = this.#isolates.get(isolate);
    if (known !== undefined && sequence <= known.sequence) {
      this.#repeated++;
      return false;
    }
    const { fromMs: _, documents: __, slow: ___, lookups: ____, ...counts } = report;
    const atMs = toMs > nowMs || toMs < nowMs - LATE_MS ? nowMs : toMs;
    const from = { isolate, sequence, release, hasQueue, memoryBytes, atMs: nowMs };
    this.#take({ atMs, counts, lag: NO_LAGS, from }, store);
    return true;
  }

  /** What Durable Objects have done by themselves. */
  takeObjects(counts: WindowCounts, nowMs: number): void {
    this.#take({ ...counts, atMs: nowMs, from: null }, () => {});
  }

  /**
   * Stores what is in memory, all of it or nothing.
   *
   * @param own what watching has cost since the last time.
   * @param events that have happened to the monitor itself since then.
   */
  fold(nowMs: number, own: Usage, events: Counts['events']): void {
    // Once, also if the fold has to be made again.
    const reports = this.#log.last - this.#worked;
    this.#worked = this.#log.last;
    this.#count({ lag: NO_LAGS, counts: { ...countsOfWork(MONITOR_WORK, own, reports), events } }, nowMs);
    this.#forgetIsolates(nowMs);
    this.#transact(() => this.#store(nowMs));
    // Only now: a fold that fails is made again, with all that has come.
    this.windows.flushed(nowMs);
    this.#log.fold();
  }

  #store(nowMs: number): void {
    this.windows.flush(nowMs);
    this.#states.write({
      sinceMs: this.#sinceMs,
      folded: this.#log.last,
      counts: this.#totals.toCounts(),
      isolates: [...this.#isolates.values()],
      taken: this.#taken,
      repeated: this.#repeated,
    });
  }

  totals(nowMs: number): MonitorTotals {
    const { keys, ...counts } = this.#totals.toCounts();
    return {
      ...counts,
      sinceMs: this.#sinceMs,
      keys: keySummaries(keys, []),
      recent: this.#recent(nowMs),
      reports: { taken: this.#taken, repeated: this.#repeated },
      isolates: [...this.#isolates.values()]
        .filter(({ atMs }) => atMs > nowMs - PRESENT_MS)
        .map(({ sequence: _, hasQueue: __, ...isolate }) => isolate),
    };
  }

  #recent(nowMs: number): MonitorTotals['recent'] {
    const level = WINDOW_LEVELS[1]!;
    const sinceMs = windowStart(level, nowMs - RECENT_MS);
    const tally = new Tally(TOTAL_LIMITS);
    for (const { counts } of this.windows.details(level, sinceMs, nowMs + level.stepMs)) tally.add(counts);
    const { operations, shards, queue } = tally.toCounts();
    return { sinceMs, operations, shards, queue };
  }

  #take(logged: LoggedReport, store: () => void): void {
    this.#transact(() => {
      store();
      // Last, since the log knows of it from now on.
      this.#log.append(logged);
    });
    this.#apply(logged);
  }

  #apply({ atMs, from, ...counts }: LoggedReport): void {
    if (from) {
      // Those that have reported last are last.
      this.#isolates.delete(from.isolate);
      this.#isolates.set(from.isolate, from);
      this.#taken++;
    }
    this.unseen.add(counts, from);
    this.#count(counts, atMs);
  }

  #count(counts: WindowCounts, atMs: number): void {
    this.#totals.add(counts.counts);
    this.windows.add(atMs, counts);
  }

  #forgetIsolates(nowMs: number): void {
    for (const [name, { atMs }] of this.#isolates) {
      if (atMs < nowMs - ISOLATE_LIFE_MS || this.#isolates.size > MAX_ISOLATES) this.#isolates.delete(name);
    }
  }
}

/** Clients of Prometheus take quantiles over as long. */
const RECENT_MS = 10 * 60_000;

/** An isolate that has told nothing for so long may be gone. */
const PRESENT_MS = 5 * 60_000;

const MONITOR_WORK = { hash: 'monitor', kind: 'monitor' } as const;

/** Work that nobody has asked for, as an operation: so all costs add up, of operations and of shard keys. */
export function countsOfWork(
  { hash, kind }: Pick<OperationCounts, 'hash' | 'kind'>,
  usage: Usage,
  requests: number,
): Counts {
  const operation: OperationCounts = {
    ...{ hash, kind, name: null, role: 'system', mode: 'NONE', source: 'none' },
    ...{ requests, failed: 0, errors: {}, latency: EMPTY_SKETCH, usage },
  };
  const key = { shard: null, shardKey: OTHER_KEYS, requests: 0, usage, operation: null };
  return { ...NO_COUNTS, operations: [operation], keys: [key] };
}
