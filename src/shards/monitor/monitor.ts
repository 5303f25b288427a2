import { DurableObject } from 'cloudflare:workers';
import { type EventCounts, takeEventCounts } from '../../events/event-counts.ts';
import { report } from '../../events/report.ts';
import type { Model } from '../../model/types.ts';
import type { Advice } from '../advice.ts';
import type { AlertsState, Delivery, NewSilence, Silence } from '../alert.ts';
import { type MonitorSettings, toAlertSettings } from '../alert-settings.ts';
import { type CapacitySettings, toCapacitySettings } from '../capacity.ts';
import { type IsolateReport, OTHER_KEYS, type SlowOperation } from '../isolate-report.ts';
import { NO_LAGS } from '../lag-histogram.ts';
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
import type { ShardKey } from '../shard-key.ts';
import type { ShardReport } from '../shard-report.ts';
import { slotOf } from '../slots.ts';
import { SqlSession } from '../sql/sql-session.ts';
import { NO_COUNTS, Tally } from '../tally.ts';
import { advise } from './advice/advise.ts';
import { IndexUses } from './advice/index-uses.ts';
import { LEAST_UNUSED_HOURS } from './advice/unused-index.ts';
import { AlertBoard } from './alerts/alert-board.ts';
import { AlertStore } from './alerts/alert-store.ts';
import { deliver } from './delivery/deliver.ts';
import { Webhook, type WebhookEnv } from './delivery/webhook.ts';
import { DocumentStore } from './document-store.ts';
import { MonitorCounts } from './monitor-counts.ts';
import { OwnWork } from './own-work.ts';
import { RecordStore } from './record-store.ts';
import { countsSince } from './shard-counts-since.ts';
import { monitored, withReport } from './shard-record.ts';
import { SlowStore } from './slow-store.ts';
import { operationSummaries, seriesOf, shardCallSummary, soundRange } from './summaries.ts';
import { levelFor, levelSince, TOTAL_LIMITS, WINDOW_LEVELS } from './window-levels.ts';

/** What has come is folded, and looked at for alerts, this long after the first of it. */
const FOLD_MS = 20_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Slow operations that advice is worked out from. */
const MAX_SLOW = 200;

interface MonitorOptions {
  /** What advice is about. */
  readonly model: Model;
  readonly capacity?: Partial<CapacitySettings>;
  readonly settings?: MonitorSettings;
  /** Default: `Date.now`. */
  readonly now?: () => number;
  /** Calls the webhook. Default: the platform's. */
  readonly doFetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/**
 * The Durable Object that keeps what shards and isolates report. There is one. It is told and asked, and calls no shard. An alarm folds
 * what has come: where nothing happens, nothing wakes.
 */
export function createMonitorClass({
  model,
  capacity = {},
  settings: given = {},
  now = Date.now,
  doFetch,
}: MonitorOptions) {
  const settings = toCapacitySettings(capacity);
  const alertSettings = toAlertSettings(given);
  return class Monitor extends DurableObject<WebhookEnv> implements MonitorRpc {
    readonly #records: RecordStore;
    readonly #counts: MonitorCounts;
    readonly #documents: DocumentStore;
    readonly #slow: SlowStore;
    readonly #indexUses: IndexUses;
    readonly #work: OwnWork;
    readonly #board: AlertBoard;
    readonly #webhook: Webhook;
    /** When what comes is folded and looked at; there is an alarm for it. Null: nothing has come for a while. */
    #nextLookMs: number | null = null;

    constructor(ctx: DurableObjectState, env: WebhookEnv) {
      super(ctx, env);
      const session = new SqlSession(ctx.storage.sql);
      this.#records = new RecordStore(session);
      this.#counts = new MonitorCounts(session, now(), (work) => ctx.storage.transactionSync(work));
      this.#documents = new DocumentStore(session);
      this.#slow = new SlowStore(session);
      this.#indexUses = new IndexUses(session, model);
      this.#work = new OwnWork(session);
      this.#webhook = new Webhook(env, alertSettings.webhookUrl, doFetch ?? ((url, init) => fetch(url, init)));
      this.#board = new AlertBoard({
        store: new AlertStore(session),
        settings: alertSettings,
        capacity: settings,
        webhook: this.#webhook,
        periodMs: FOLD_MS,
      });
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
      if (added !== null) this.#counts.takeObjects(added, now());
      await this.#foldLater();
    }

    async shards(): Promise<readonly MonitoredShard[]> {
      this.#work.called();
      return this.#monitored();
    }

    async reportIsolate(received: IsolateReport): Promise<void> {
      this.#work.called();
      if (this.#takeIsolate(received)) await this.#foldLater();
    }

    async reportEvents(events: EventCounts): Promise<void> {
      this.#work.called();
      this.#counts.takeObjects({ counts: { ...NO_COUNTS, events }, lag: NO_LAGS }, now());
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
      only = null,
    }: {
      readonly sinceMs: number;
      readonly first: number;
      readonly only?: ShardKey | null;
    }): Promise<readonly KeySummary[]> {
      const { keys, operations } = this.#since(sinceMs);
      return keySummaries(keys, operations)
        .filter(({ shardKey }) => (only === null ? shardKey !== OTHER_KEYS : shardKey === only))
        .slice(0, first);
    }

    async shardCalls({ sinceMs }: { readonly sinceMs: number }): Promise<readonly ShardCallSummary[]> {
      return this.#since(sinceMs).shards.map(shardCallSummary);
    }

    async slowOperations({ first }: { readonly first: number }): Promise<readonly SlowOperation[]> {
      this.#work.called();
      return this.#slow.latest(first);
    }

    async alerts(): Promise<AlertsState> {
      this.#work.called();
      return this.#board.state(now());
    }

    async silenceAlerts(silence: NewSilence): Promise<Silence | null> {
      this.#work.called();
      const made = this.#board.silence(silence, now());
      if (made !== null) await this.#foldLater();
      return made;
    }

    async removeSilence(id: string): Promise<boolean> {
      this.#work.called();
      // Somebody may have to be told now of what was silenced.
      await this.#foldLater();
      return this.#board.unsilence(id);
    }

    async acknowledgeAlert({ id, by }: { readonly id: string; readonly by: string }): Promise<boolean> {
      this.#work.called();
      return this.#board.acknowledge(id, by, now());
    }

    async testAlert({ by }: { readonly by: string }): Promise<Delivery> {
      this.#work.called();
      const nowMs = now();
      const message = this.#board.testMessage(by, nowMs);
      return await this.#webhook.send(`alert_test_${crypto.randomUUID()}`, message, nowMs);
    }

    async advice(): Promise<readonly Advice[]> {
      const nowMs = now();
      const counts = this.#since(nowMs - HOUR_MS);
      const shards = this.#records.all();
      return advise({
        ...{ nowMs, model, counts, shardCount: shards.length },
        unusedIndexes: this.#indexUses.unused(LEAST_UNUSED_HOURS),
        slow: this.#slow.latest(MAX_SLOW).filter(({ atMs }) => atMs > nowMs - DAY_MS),
      });
    }

    override async alarm(): Promise<void> {
      this.#work.called();
      const nowMs = now();
      if (!this.#counts.isFolded) {
        // At once, not with the next report: so looks are as far apart while reports come.
        this.#nextLookMs = nowMs + FOLD_MS;
      } else if (this.#nextLookMs !== null && this.#nextLookMs <= nowMs) this.#nextLookMs = null;
      try {
        this.#board.look({ ...this.#counts.unseen.take(), shards: this.#monitored() }, nowMs);
        // A receiver that takes long holds up no look.
        this.ctx.waitUntil(this.#send(nowMs));
      } finally {
        // Neither keeps the other from being done: storage that takes nothing more is when alerts are wanted most.
        const events = takeEventCounts();
        const isNothing = this.#counts.isFolded && Object.keys(events).length === 0;
        if (!isNothing) this.#counts.fold(nowMs, this.#work.take(), events);
      }
      const nextMs = this.#nextMs(nowMs);
      if (nextMs !== null) await this.ctx.storage.setAlarm(nextMs);
    }

    async #send(nowMs: number): Promise<void> {
      if (!(await deliver(this.#board.outbox, this.#webhook, nowMs))) return;
      // The alarm was for another attempt.
      const nextMs = this.#nextMs(now());
      if (nextMs === null) await this.ctx.storage.deleteAlarm();
      else await this.ctx.storage.setAlarm(nextMs);
    }

    /** The next look, or what changes before it by the clock alone; null: neither. */
    #nextMs(nowMs: number): number | null {
      const times = [this.#nextLookMs, this.#board.nextMs(nowMs)].filter((ms) => ms !== null);
      return times.length === 0 ? null : Math.min(...times);
    }

    /** False: it has come before. */
    #takeIsolate(received: IsolateReport): boolean {
      try {
        return this.#counts.takeIsolate(received, now(), () => {
          this.#documents.add(received.documents);
          this.#slow.add(received.slow);
          if (received.lookups !== undefined) this.#indexUses.add(received.lookups, now());
        });
      } catch (error) {
        // Their rows were taken back.
        this.#documents.forget();
        this.#slow.forget();
        this.#indexUses.forget();
        throw error;
      }
    }

    #monitored(): readonly MonitoredShard[] {
      return this.#records.all().map(([shard, record]) => monitored(shard, record, settings));
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
      if (this.#nextLookMs !== null) return;
      const { storage } = this.ctx;
      const atMs = now() + FOLD_MS;
      const setMs = await storage.getAlarm();
      // The alarm of a life before stands, and one that is set for alerts may be far away.
      if (setMs === null || setMs > atMs) await storage.setAlarm(atMs);
      this.#nextLookMs = Math.min(setMs ?? atMs, atMs);
    }
  };
}
