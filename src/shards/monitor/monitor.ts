import { DurableObject } from 'cloudflare:workers';
import { report } from '../../events/report.ts';
import { type CapacitySettings, toCapacitySettings } from '../capacity.ts';
import { type IsolateReport, OTHER_KEYS, type SlowOperation } from '../isolate-report.ts';
import {
  type KeySummary,
  keySummaries,
  type MonitorSeries,
  type MonitorTotals,
  type OperationOrder,
  type OperationSummary,
  type SeriesRange,
  type ShardCallSummary,
} from '../monitor-series.ts';
import type { MonitoredShard, MonitorRpc } from '../protocol/monitor-rpc.ts';
import type { ShardReport } from '../shard-report.ts';
import { slotOf } from '../slots.ts';
import { SqlSession } from '../sql/sql-session.ts';
import { Tally } from '../tally.ts';
import { DocumentStore } from './document-store.ts';
import { MonitorCounts } from './monitor-counts.ts';
import { OwnWork } from './own-work.ts';
import { RecordStore } from './record-store.ts';
import { countsSince } from './shard-counts-since.ts';
import { monitored, withReport } from './shard-record.ts';
import { SlowStore } from './slow-store.ts';
import { operationSummaries, seriesOf, shardCallSummary, soundRange } from './summaries.ts';
import { levelFor, levelSince, TOTAL_LIMITS, WINDOW_LEVELS } from './window-levels.ts';

/** What has come is folded this long after the first of it. */
const FOLD_MS = 20_000;

/**
 * The Durable Object that keeps what shards and isolates report. There is one. It is told and asked, and calls no shard. An alarm folds
 * what has come: where nothing happens, nothing wakes.
 */
export function createMonitorClass(given: Partial<CapacitySettings> = {}, now: () => number = Date.now) {
  const settings = toCapacitySettings(given);
  return class Monitor extends DurableObject implements MonitorRpc {
    readonly #records: RecordStore;
    readonly #counts: MonitorCounts;
    readonly #documents: DocumentStore;
    readonly #slow: SlowStore;
    readonly #work: OwnWork;
    #hasAlarm = false;

    constructor(ctx: DurableObjectState, env: unknown) {
      super(ctx, env as never);
      const session = new SqlSession(ctx.storage.sql);
      this.#records = new RecordStore(session);
      this.#counts = new MonitorCounts(session, now(), (work) => ctx.storage.transactionSync(work));
      this.#documents = new DocumentStore(session);
      this.#slow = new SlowStore(session);
      this.#work = new OwnWork(session);
    }

    async report(received: ShardReport): Promise<void> {
      this.#work.called();
      const { shard } = received;
      const before = this.#records.find(shard);
      const { record, newlyLarge } = withReport(before, received, settings);
      this.#records.keep(shard, record);
      const { largeShardKeyShare: share } = settings;
      for (const key of newlyLarge) report({ type: 'large-shard-key', shard, slot: slotOf(key), share });
      const added = countsSince(before, record);
      if (added === null) return;
      this.#counts.takeShards(added, now());
      await this.#foldLater();
    }

    async shards(): Promise<readonly MonitoredShard[]> {
      this.#work.called();
      return this.#records.all().map(([shard, record]) => monitored(shard, record, settings));
    }

    async reportIsolate(received: IsolateReport): Promise<void> {
      this.#work.called();
      if (!this.#counts.takeIsolate(received, now())) return;
      this.#documents.add(received.documents);
      this.#slow.add(received.slow);
      await this.#foldLater();
    }

    async totals(): Promise<MonitorTotals> {
      this.#work.called();
      return this.#counts.totals(now());
    }

    async overview(): Promise<{ readonly shards: readonly MonitoredShard[]; readonly totals: MonitorTotals }> {
      this.#work.called();
      return {
        shards: this.#records.all().map(([shard, record]) => monitored(shard, record, settings)),
        totals: this.#counts.totals(now()),
      };
    }

    async series(asked: SeriesRange): Promise<MonitorSeries> {
      this.#work.called();
      const level = levelFor(asked.fromMs, asked.stepMs, now());
      const range = soundRange(asked, level.stepMs);
      return seriesOf(range, this.#counts.windows.summaries(level, range.fromMs, range.toMs));
    }

    async operations({
      sinceMs,
      by,
      first,
    }: {
      readonly sinceMs: number;
      readonly by: OperationOrder;
      readonly first: number;
    }): Promise<readonly OperationSummary[]> {
      const { operations } = this.#since(sinceMs);
      return operationSummaries(operations, by, (hash) => this.#documents.textOf(hash)).slice(0, first);
    }

    async keys({
      sinceMs,
      first,
    }: {
      readonly sinceMs: number;
      readonly first: number;
    }): Promise<readonly KeySummary[]> {
      const { keys } = this.#since(sinceMs);
      return keySummaries(keys)
        .filter(({ shardKey }) => shardKey !== OTHER_KEYS)
        .slice(0, first);
    }

    async shardCalls({ sinceMs }: { readonly sinceMs: number }): Promise<readonly ShardCallSummary[]> {
      return this.#since(sinceMs).shards.map(shardCallSummary);
    }

    async slowOperations({ first }: { readonly first: number }): Promise<readonly SlowOperation[]> {
      this.#work.called();
      return this.#slow.latest(first);
    }

    override async alarm(): Promise<void> {
      this.#hasAlarm = false;
      this.#work.called();
      this.#counts.fold(now(), this.#work.take());
    }

    #since(sinceMs: number) {
      this.#work.called();
      const nowMs = now();
      const level = levelSince(sinceMs, nowMs);
      const tally = new Tally(TOTAL_LIMITS);
      for (const { counts } of this.#counts.windows.details(level, sinceMs, nowMs + WINDOW_LEVELS[0]!.stepMs)) {
        tally.add(counts);
      }
      return tally.toCounts();
    }

    async #foldLater(): Promise<void> {
      if (this.#hasAlarm) return;
      const { storage } = this.ctx;
      // The alarm of a life before stands.
      if ((await storage.getAlarm()) === null) await storage.setAlarm(now() + FOLD_MS);
      this.#hasAlarm = true;
    }
  };
}
