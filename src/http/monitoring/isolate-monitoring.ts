import type { EventCounters } from '../../events/counters.ts';
import { systemTimers, type Timers } from '../../lib/timers.ts';
import type { MonitorClient, MonitorClientOptions } from '../../shards/client/monitor-client.ts';
import type { ShardCallCounts } from '../../shards/client/routing/shard-call-counts.ts';
import { OPERATION_MODES, OPERATION_SOURCES, type OperationKind } from '../../shards/isolate-report.ts';
import { keySummaries, type MonitorTotals } from '../../shards/monitor-series.ts';
import { takeLookups } from '../../shards/plan/used-plans.ts';
import { Tally } from '../../shards/tally.ts';
import type { Env } from '../env.ts';
import type { RequestScope } from '../request-scope.ts';
import { IsolateRecorder } from './isolate-recorder.ts';
import { LookupStats } from './lookup-stats.ts';
import { OperationIdentities } from './operation-identity.ts';
import { RequestMeter } from './request-meter.ts';
import type { RequestListener, RequestRecord } from './request-record.ts';

interface MonitoringOptions {
  /** A UUID of the isolate. */
  readonly isolate: string;
  readonly openClient: (options: MonitorClientOptions) => MonitorClient;
  readonly counters: EventCounters;
  readonly shardCalls: ShardCallCounts;
  /** What the isolate keeps between requests, in bytes. */
  readonly memoryBytes: () => number;
  /** `/metrics` names shard keys. */
  readonly tellsShardKeys: boolean;
  readonly timers?: Timers;
}

/** What is needed of a request, or of a batch, to count it. */
interface Measured {
  readonly env: Env;
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly requestId: string | null;
  /** Absent or null: its caller was not known, or there is none. */
  readonly scope?: RequestScope | null;
}

/** All that an isolate measures of its requests, and tells the monitor. Nothing of it throws or is waited for. */
export class IsolateMonitoring {
  readonly recorder: IsolateRecorder;
  readonly tellsShardKeys: boolean;
  readonly #timers: Timers;
  readonly #startedAtMs: number;
  readonly #lookups = new LookupStats();
  readonly #identities = new OperationIdentities();
  readonly #client: MonitorClient;
  readonly #listeners: RequestListener[] = [];
  /** Somebody else has asked than who watches: it is worth a report. */
  #isWorthTelling = false;

  constructor({
    isolate,
    openClient,
    counters,
    shardCalls,
    memoryBytes,
    tellsShardKeys,
    timers = systemTimers,
  }: MonitoringOptions) {
    this.tellsShardKeys = tellsShardKeys;
    this.#timers = timers;
    this.#startedAtMs = timers.now();
    this.recorder = new IsolateRecorder({ counters, shardCalls });
    this.#client = openClient({
      timers,
      isolate,
      take: () => {
        if (!this.#isWorthTelling) return null;
        this.#isWorthTelling = false;
        const { counts, ...rest } = this.recorder.take();
        const lookups = this.#lookups.take(takeLookups(), timers.now());
        return { ...counts, ...rest, lookups, memoryBytes: memoryBytes() };
      },
    });
  }

  /** Told of each request that is finished from now on. */
  onFinished(listener: RequestListener): void {
    this.#listeners.push(listener);
  }

  begin(kind: OperationKind, path: string): RequestMeter {
    return new RequestMeter(kind, path, this.#timers.now(), this.#identities);
  }

  finish(meter: RequestMeter, measured: Measured): void {
    try {
      const tookMs = this.#timers.now() - meter.startedAtMs;
      if (measured.scope) meter.role = measured.scope.caller.role;
      this.recorder.finished(meter, tookMs);
      if (this.#listeners.length > 0) this.#tell(meter, tookMs, measured);
      if (WATCHED.has(meter.path)) return;
      this.#isWorthTelling = true;
      this.#client.arm({ ...reportingOf(measured.env), waitUntil: measured.waitUntil });
    } catch {
      // Whatever it is, requests come first; and events are counted, too.
    }
  }

  /** Tells the monitor everything now. False: there is none, or it did not take it. */
  async flush(env: Env): Promise<boolean> {
    return env.MONITOR !== undefined && (await this.#client.flush(reportingOf(env)));
  }

  /** What was counted since the isolate started: where there is no monitor, nobody takes it. */
  ownTotals(): MonitorTotals {
    const tally = new Tally(OWN_LIMITS);
    tally.add(this.recorder.counts);
    const { keys, ...counts } = tally.toCounts();
    return {
      ...counts,
      keys: keySummaries(keys, []),
      sinceMs: this.#startedAtMs,
      recent: { ...counts, sinceMs: this.#startedAtMs },
      reports: { taken: 0, repeated: 0 },
      isolates: [],
    };
  }

  #tell(meter: RequestMeter, durationMs: number, { env, waitUntil, requestId, scope = null }: Measured): void {
    const { operation, kind, path, role, startedAtMs, codes, shard, shardKey = null, usage } = meter;
    const record: RequestRecord = {
      requestId,
      scope,
      operation,
      kind,
      path,
      role,
      startedAtMs,
      durationMs,
      codes,
      shard,
      shardKey,
      usage,
      mode: OPERATION_MODES[meter.mode]!,
      source: OPERATION_SOURCES[meter.source]!,
    };
    for (const listener of this.#listeners) listener(record, { env, waitUntil });
  }
}

/** What it is bounded by where it is counted. */
const OWN_LIMITS = { operations: 500, shards: 1_024, keys: 200, tables: 1_000 };

/**
 * Requests of who watches. They are counted, and told with what others ask: by themselves they wake nobody, so that watching a
 * deployment that sleeps leaves it asleep.
 */
const WATCHED: ReadonlySet<string> = new Set(['/metrics', '/status', '/ready', '/health', '/operator', '/migrations']);

const reportingOf = ({ MONITOR, CF_VERSION_METADATA, INVALIDATIONS }: Env) => ({
  monitors: MONITOR,
  release: CF_VERSION_METADATA?.id ?? null,
  hasQueue: INVALIDATIONS !== undefined,
});
