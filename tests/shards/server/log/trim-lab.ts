/** A shard of the shop whose log has a small budget; time, restarts, crashes and the alarm are in the test's hand. */
import { bundle } from '../../../../src/schema/migrations/index.ts';
import model from '../../../../src/schema/model.ts';
import { type LogSettings, toLogSettings } from '../../../../src/shards/log-settings.ts';
import { Outcomes } from '../../../../src/shards/server/commit/outcomes.ts';
import { Freshness } from '../../../../src/shards/server/freshness/freshness.ts';
import { Publisher } from '../../../../src/shards/server/freshness/publisher.ts';
import { LogArchive, type LogBucket } from '../../../../src/shards/server/log/archive/log-archive.ts';
import { LogRecall } from '../../../../src/shards/server/log/archive/log-recall.ts';
import { LogTrimmer } from '../../../../src/shards/server/log/log-trimmer.ts';
import { readLogState } from '../../../../src/shards/server/tables/log-state-table.ts';
import { readLastLogSeq } from '../../../../src/shards/server/tables/log-table.ts';
import { readTaskSince } from '../../../../src/shards/server/tables/tasks-table.ts';
import { Tasks } from '../../../../src/shards/server/tasks/tasks.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';
import { create, update } from '../shop-rows.ts';

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;
const START_MS = Date.UTC(2026, 0, 1);

/** Names of shards in the bucket. */
let labs = 0;

export interface TrimLabOptions {
  /** Null: there is no archive. */
  readonly bucket?: LogBucket | null;
  readonly settings?: Partial<LogSettings>;
  /** Stamps are put to a KV. */
  readonly publishes?: boolean;
}

/** Calls that take so long count as failed: in this time, none does. */
const DEADLINES_MS: readonly number[] = [10_000, 20_000];

/** Of rows that have not been given up to become new ones. */
export const IN_LOG = 'seq > coalesce((SELECT spare_seq FROM _log_state), 0)';

export class TrimLab {
  shard: LabShard;
  trimmer!: LogTrimmer;
  recall!: LogRecall;
  /** Null: there is no KV. */
  publisher: Publisher | null = null;
  /** What is in KV; it takes nothing while it is down. */
  readonly kv = new Map<string, string>();
  isKvDown = false;
  tasks!: Tasks<'trim' | 'publish'>;
  nowMs = START_MS;
  /** When the platform calls the alarm; null: never. */
  alarmAtMs: number | null = null;
  alarmsSet = 0;
  isMigrating = false;
  isFull = false;
  /** As the archive knows it. */
  readonly archived = { id: `lab-${++labs}-${crypto.randomUUID()}`, name: null };
  /** Steps until the shard crashes. */
  stepsLeft = Number.POSITIVE_INFINITY;
  readonly #options: TrimLabOptions;
  lives = 0;

  constructor(shard: LabShard, options: TrimLabOptions) {
    this.shard = shard;
    this.#options = options;
    this.#start(true);
  }

  get state() {
    return readLogState(this.shard.session);
  }

  get lastSeq(): number {
    return readLastLogSeq(this.shard.session);
  }

  /** Seqs of the rows that are stored. */
  get seqs(): readonly number[] {
    return this.shard.rows(`SELECT seq FROM _log WHERE ${IN_LOG} ORDER BY seq`).map(([seq]) => seq as number);
  }

  /** A commit of so many log rows; gives its version and origin. */
  write(rows = 1, tenant = 't1'): { readonly version: number; readonly origin: string } {
    const origin = crypto.randomUUID();
    const operations = Array.from({ length: rows }, (_, index) =>
      create('Customer', { tenantId: tenant, id: `${origin}-${index}`, email: `${origin}-${index}@x.org` }),
    );
    const answer = this.shard.write(`t:${tenant}`, operations, { operationId: origin });
    if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
    return { version: answer.version, origin };
  }

  rename(name: string): number {
    const answer = this.shard.write('t:t1', [update('Customer', 'c1', { name })]);
    if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
    return answer.version;
  }

  pass(ms: number): void {
    this.nowMs += ms;
  }

  /** The object is gone with all that it had in memory, and starts anew. */
  restart(): void {
    this.#start(false);
  }

  /** The task, as often as it goes on at once; to the crash, if one comes. */
  async trim(): Promise<void> {
    do {
      const life = this.lives;
      void this.tasks.run('trim').catch(() => {});
      while (life === this.lives && this.#isRunning) await scheduler.wait(0);
      if (life !== this.lives) return;
    } while ((this.tasks.dueAtMs('trim') ?? Number.POSITIVE_INFINITY) <= this.nowMs + 1_000);
  }

  /** What happened to the alarm is that it came. */
  async fireAlarm(): Promise<void> {
    if (this.alarmAtMs === null) throw new Error('Expected an alarm to be set, but got none.');
    this.nowMs = Math.max(this.nowMs, this.alarmAtMs);
    this.alarmAtMs = null;
    await this.tasks.runDue();
  }

  #isRunning = false;

  #start(isNew: boolean): void {
    const life = ++this.lives;
    const { settings = {}, publishes = false, bucket = null } = this.#options;
    const total = toLogSettings(settings);
    const { session, state } = this.shard;
    const { storage } = state;
    const wallClock = () => this.nowMs;
    const setAlarm = async (atMs: number | Date) => {
      this.alarmAtMs = Number(atMs);
      this.alarmsSet++;
    };
    const deleteAlarm = async () => {
      this.alarmAtMs = null;
    };
    const tasks: Tasks<'trim' | 'publish'> = new Tasks({ setAlarm, deleteAlarm }, session, wallClock, {
      trim: async () => {
        this.#isRunning = true;
        await trimmer.run();
        this.#isRunning = false;
      },
      publish: async () => this.publisher?.publishDue(),
    });
    const schedulePublish = (atMs: number, nowMs: number, sinceSeq: number) =>
      tasks.scheduleBy('publish', atMs, nowMs, sinceSeq);
    const freshness = new Freshness(session, {
      model,
      wallClock,
      schedule: schedulePublish,
      publishes,
      unpublishedSince: publishes && !isNew ? readTaskSince(session, 'publish') : null,
      isNew,
    });
    const timers = {
      now: wallClock,
      setTimer: (callback: () => void, delayMs: number) => {
        if (DEADLINES_MS.includes(delayMs)) return () => {};
        if (delayMs === 0 && this.stepsLeft-- <= 0 && life === this.lives) {
          this.stepsLeft = Number.POSITIVE_INFINITY;
          this.restart();
          // Timers die with the object that has set them.
        } else queueMicrotask(() => life === this.lives && callback());
        return () => {};
      },
    };
    const kv = {
      put: async (key: string, value: string) => {
        if (this.isKvDown) throw new Error('KV is down.');
        this.kv.set(key, value);
        await null;
        // The dead do not hear of it.
        if (life !== this.lives) await new Promise(() => {});
      },
    };
    const owns = () => true;
    this.publisher = publishes
      ? new Publisher({
          ...{ model, kv, storage, freshness, timers, owns, schedule: schedulePublish },
          unschedule: () => tasks.cancel('publish'),
        })
      : null;
    const schedule = (atMs: number, nowMs: number) => tasks.scheduleBy('trim', atMs, nowMs);
    const archive = bucket && new LogArchive({ bucket, shard: this.archived, session, timers });
    const { capacity } = state;
    const recall = new LogRecall({ archive, settings: total, capacity, storage, session, wallClock, timers, schedule });
    const outcomes = new Outcomes();
    const trimmer = new LogTrimmer({
      shard: 'lab',
      ...{ settings: total, storage, session, wallClock, timers, archive },
      isRecalling: () => recall.isRunning,
      isMigrating: () => this.isMigrating,
      leastRetriedVersion: () => outcomes.leastLoggedVersion(this.nowMs),
      schedule,
      dueAtMs: () => tasks.dueAtMs('trim'),
      isFull: () => this.isFull,
    });
    const { publisher } = this;
    this.shard = new LabShard(
      { ...state, outcomes, freshness, publisher, trimmer, logRecall: recall, wallClock },
      `life-${life}`,
    );
    this.trimmer = trimmer;
    this.recall = recall;
    this.tasks = tasks;
    trimmer.started();
  }
}

/** Runs `test` with a shard that holds a tenant and a customer, whose log is theirs. */
export const inTrimLab = (options: TrimLabOptions, test: (lab: TrimLab) => Promise<void>): Promise<void> => {
  let lab: TrimLab | undefined;
  return inNewShard(
    model,
    bundle,
    async (shard) => {
      lab = new TrimLab(shard, options);
      const answer = lab.shard.write('t:t1', [create('Tenant'), create('Customer')]);
      if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
      await test(lab);
    },
    () => lab?.nowMs ?? START_MS,
  );
};
