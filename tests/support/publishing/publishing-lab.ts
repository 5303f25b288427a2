/** A shard of the shop that publishes to a KV, all of it in the test's hand: time, faults, restarts, the alarm. */
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';
import type { RowOperation } from '../../../src/shards/operation.ts';
import { Freshness } from '../../../src/shards/server/freshness/freshness.ts';
import { Publisher } from '../../../src/shards/server/freshness/publisher.ts';
import { readTaskSince } from '../../../src/shards/server/tables/tasks-table.ts';
import { Tasks } from '../../../src/shards/server/tasks/tasks.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { inNewShard, LabShard } from '../../shards/server/lab-shard.ts';
import { create, oneOfEach } from '../../shards/server/shop-rows.ts';
import { FakeKv } from './fake-kv.ts';
import { FakeTimers } from './fake-timers.ts';

export const T1 = 't:t1' as ShardKey;

/** In KV. */
export const T1_STAMPS = 's:t%3At1';

export class PublishingLab {
  readonly timers: FakeTimers;
  readonly kv: FakeKv;
  shard: LabShard;
  publisher!: Publisher;
  tasks!: Tasks<'publish'>;
  /** When the platform will call the alarm; null: never. */
  alarmAtMs: number | null = null;
  alarmsSet = 0;
  owned = true;
  /** The database takes rows of traces. */
  hasRoom = true;
  /** How far the shard's clock is ahead of the time that timers run by. */
  clockAheadMs = 0;
  #lives = 0;

  constructor(shard: LabShard, timers: FakeTimers) {
    this.timers = timers;
    this.kv = new FakeKv(timers);
    this.shard = shard;
    this.#start(true);
  }

  /** The object is gone, with all that it had in memory; what it sent may still land. The next one starts. */
  restart(): void {
    this.#start(false);
  }

  /** A commit; gives its version and the shard keys for which an event is due. */
  write(operations: readonly RowOperation[], shardKey = 't:t1'): { version: number; events: readonly string[] } {
    const answer = this.shard.write(shardKey, operations);
    if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
    return { version: answer.version, events: answer.unpublished ?? [] };
  }

  /** What a reader does that may cache its answer. */
  trackCached(...shardKeys: ShardKey[]): void {
    const { freshness } = this.shard.state;
    // Their stamps are put, as if it were long ago.
    for (const shardKey of freshness.trackCached(shardKeys)) {
      freshness.unpublished.drop(shardKey);
      freshness.traces.stamped(shardKey);
    }
  }

  /** As the platform does it at the time that was asked for. */
  async fireAlarm(): Promise<void> {
    if (this.alarmAtMs === null) throw new Error('Expected an alarm to be set, but got none.');
    const { timers } = this;
    // Timers come before it, and may set it for an earlier time.
    for (let restMs = 1; restMs > 0; ) {
      restMs = this.alarmAtMs - this.clockAheadMs - timers.ms;
      await timers.advance(Math.max(0, Math.min(restMs, timers.nextAtMs - timers.ms)));
    }
    this.alarmAtMs = null;
    await this.timers.settle(this.tasks.runDue());
  }

  publish(...shardKeys: string[]): Promise<ShardKey[]> {
    return this.publisher.publish(shardKeys as ShardKey[]);
  }

  /** Up to this row of the log everything is published. */
  get publishedSeq(): number {
    return this.shard.state.freshness.unpublishedSeq - 1;
  }

  get lastSeq(): number {
    return this.shard.state.freshness.lastSeq;
  }

  get unpublished(): number {
    return this.shard.state.freshness.unpublished.size;
  }

  #start(isNew: boolean): void {
    const { kv, timers } = this;
    const { storage } = this.shard.state;
    const wallClock = () => timers.ms + this.clockAheadMs;
    const life = ++this.#lives;
    // What a dead life has sent may land; it does nothing else.
    const isAlive = () => life === this.#lives;
    const alarm = {
      setAlarm: async (atMs: number | Date) => {
        this.alarmAtMs = Number(atMs);
        this.alarmsSet++;
      },
      deleteAlarm: async () => {
        this.alarmAtMs = null;
      },
    };
    const { session } = this.shard;
    const tasks = new Tasks(alarm, session, wallClock, { publish: () => this.publisher.publishDue() });
    const schedule = (atMs: number, nowMs: number, sinceSeq: number) => {
      if (isAlive()) tasks.scheduleBy('publish', atMs, nowMs, sinceSeq);
    };
    const unpublishedSince = readTaskSince(session, 'publish');
    const hasRoom = () => this.hasRoom;
    const options = { model, wallClock, schedule, hasRoom, publishes: true, unpublishedSince, isNew };
    const freshness = new Freshness(session, options);
    this.shard = new LabShard({ ...this.shard.state, freshness, wallClock }, `life-${life}`);
    this.tasks = tasks;
    const shardTimers = { now: wallClock, setTimer: timers.setTimer.bind(timers) };
    const owns = () => this.owned;
    const unschedule = () => {
      if (isAlive()) tasks.cancel('publish');
    };
    this.publisher = new Publisher({
      ...{ model, kv, storage, freshness, schedule, unschedule, timers: shardTimers, owns },
    });
    this.shard = new LabShard({ ...this.shard.state, publisher: this.publisher }, `life-${life}`);
  }
}

const START_MS = Date.UTC(2026, 0, 1);

/** Runs `test` with a shard that holds one row of each table under t1, and has handed out nothing. */
export async function inPublishingLab(test: (lab: PublishingLab) => Promise<void>): Promise<void> {
  const timers = new FakeTimers(START_MS);
  await inNewShard(
    model,
    bundle,
    async (shard) => {
      const lab = new PublishingLab(shard, timers);
      lab.write(oneOfEach);
      lab.write([create('Tenant', { id: 't2' })], 't:t2');
      await test(lab);
    },
    () => timers.ms,
  );
}
