/** A shard as it is deployed, but for the RPC around it: it may crash at any time and starts again from its database. */

import type { MigrationBundle, Model, WireValue } from '../../src/model/types.ts';
import { readBackOf, toCall } from '../../src/shards/client/writing/write.ts';
import { toLogSettings } from '../../src/shards/log-settings.ts';
import type { RowOperation } from '../../src/shards/operation.ts';
import type { Answer } from '../../src/shards/plan/answer.ts';
import type { PlanNode } from '../../src/shards/plan/node.ts';
import type { FreshAnswer, ReadBack } from '../../src/shards/plan/read.ts';
import type { PlanValue } from '../../src/shards/plan/value.ts';
import { DEVELOPER, PROTOCOL } from '../../src/shards/protocol/envelope.ts';
import type { ReadAnswer } from '../../src/shards/protocol/read.ts';
import type { WriteRequest } from '../../src/shards/protocol/write.ts';
import { answerReads } from '../../src/shards/server/answer-reads.ts';
import { answerBackup } from '../../src/shards/server/backup/answer-backup.ts';
import { startClock } from '../../src/shards/server/clock.ts';
import { commit } from '../../src/shards/server/commit/commit.ts';
import { ImportRuns } from '../../src/shards/server/commit/import-runs.ts';
import { KnownKeys } from '../../src/shards/server/commit/known-keys.ts';
import { Outcomes } from '../../src/shards/server/commit/outcomes.ts';
import { AuditCounts } from '../../src/shards/server/freshness/audit-counts.ts';
import { Freshness } from '../../src/shards/server/freshness/freshness.ts';
import { Publisher, type StampKv } from '../../src/shards/server/freshness/publisher.ts';
import { LogRecall } from '../../src/shards/server/log/archive/log-recall.ts';
import { LogTrimmer } from '../../src/shards/server/log/log-trimmer.ts';
import { Migrator } from '../../src/shards/server/migrate/migrator.ts';
import { Ownership } from '../../src/shards/server/placement/ownership.ts';
import { PlanRunner } from '../../src/shards/server/read/run/plan-runner.ts';
import { Copier } from '../../src/shards/server/recovery/copy/copier.ts';
import { WRITE_LIMITS } from '../../src/shards/server/recovery/copy/write-copied.ts';
import { Fences } from '../../src/shards/server/recovery/fences.ts';
import { Restorer } from '../../src/shards/server/recovery/restorer.ts';
import { LogSize } from '../../src/shards/server/reporting/log-size.ts';
import { ShardWork } from '../../src/shards/server/reporting/shard-work.ts';
import type { ShardState } from '../../src/shards/server/shard-state.ts';
import { createSystemTables } from '../../src/shards/server/tables/system-tables.ts';
import { readTaskSince } from '../../src/shards/server/tables/tasks-table.ts';
import { Tasks } from '../../src/shards/server/tasks/tasks.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { SLOT_COUNT } from '../../src/shards/slots.ts';
import { SqlSession } from '../../src/shards/sql/sql-session.ts';
import type { Touched } from '../../src/shards/stamps.ts';
import { capacityOf } from '../support/capacity.ts';
import { NodeStorage } from './node-storage.ts';
import type { SimulatedTime, SkewedClock } from './simulated-time.ts';

export interface SimulatedShardOptions {
  readonly name: string;
  readonly model: Model;
  readonly bundle: MigrationBundle;
  readonly time: SimulatedTime;
  readonly clock: SkewedClock;
  readonly kv: StampKv;
}

/** What a write has led to. */
export interface Written {
  readonly version: number;
  /** Shard keys for which the router sends an event. */
  readonly events: readonly ShardKey[];
  readonly touched: readonly Touched[];
  readonly readBack: readonly FreshAnswer[] | null;
}

/** Nearly nothing is kept but what is needed. */
const LOG_SETTINGS = toLogSettings({ maxAgeDays: 1 / 86_400 });

/** What a shard has in memory between two crashes. */
interface Life {
  isOver: boolean;
  isInAlarm: boolean;
  /** Timers that are set and puts that are under way: they keep the object in memory. */
  readonly work: Set<unknown>;
  readonly state: ShardState;
  readonly publisher: Publisher;
  readonly tasks: Tasks;
}

/** Databases with their tables and nothing else; all of one model, but for its cache policies. */
const unused: NodeStorage[] = [];

async function createStorage({ model, bundle, clock }: SimulatedShardOptions): Promise<NodeStorage> {
  const created = new NodeStorage();
  const storage = created as unknown as DurableObjectStorage;
  const session = new SqlSession(storage.sql);
  createSystemTables(session);
  const refusal = await new Migrator(storage, model, bundle, clock.now).migrate();
  if (refusal) throw refusal;
  new Ownership(session).grant(storage, session, 1, [[0, SLOT_COUNT - 1]]);
  return created;
}

export class SimulatedShard {
  readonly name: string;
  readonly #options: SimulatedShardOptions;
  readonly #storage: NodeStorage;
  readonly #plans: PlanRunner;
  #life: Life;
  #operations = 0;
  #lastWrite: WriteRequest | null = null;
  #lives = 0;

  private constructor(options: SimulatedShardOptions, storage: NodeStorage) {
    this.name = options.name;
    this.#options = options;
    this.#storage = storage;
    storage.remember();
    this.#plans = new PlanRunner(options.model);
    this.#life = this.#begin();
  }

  static async open(options: SimulatedShardOptions): Promise<SimulatedShard> {
    return new SimulatedShard(options, unused.pop() ?? (await createStorage(options)));
  }

  read(
    call: {
      readonly node: PlanNode;
      readonly values: readonly PlanValue[];
      readonly keys: readonly (readonly WireValue[])[];
    },
    shardKeys: readonly ShardKey[] | null,
    cacheable: boolean,
  ): {
    readonly answers: readonly Answer[];
    readonly asOf: number;
    readonly changed: readonly number[];
    readonly coveredMs: number;
  } {
    const reply = JSON.parse(
      answerReads(this.#life.state, new SqlSession(this.#life.state.storage.sql), {
        protocol: PROTOCOL,
        epoch: 1,
        caller: DEVELOPER,
        calls: [{ plan: JSON.stringify(call.node), values: call.values, keys: call.keys, shardKeys, cacheable }],
      }),
    ) as ReadAnswer;
    const outcome = reply.outcomes[0]!;
    if (!('answers' in outcome)) throw new Error(JSON.stringify(outcome));
    const { answers, changed, coveredMs = 0 } = outcome;
    return { answers: answers as readonly Answer[], asOf: reply.asOf, changed: changed!, coveredMs };
  }

  write(shardKey: ShardKey, operations: readonly RowOperation[], readBack: ReadBack | null = null): Written {
    const envelope = { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER };
    const operationId = `${this.name}-${++this.#operations}`;
    const calls = readBack && [toCall(shardKey, readBack)];
    this.#lastWrite = {
      ...envelope,
      rememberedByLog: true,
      operationId,
      shardKeys: [shardKey],
      operations,
      ...(calls && { readBack: calls }),
    };
    return this.repeat();
  }

  /** The last write once more, as a router sends it whose answer was lost. */
  repeat(): Written {
    const { state } = this.#life;
    const answer = commit(state, new SqlSession(state.storage.sql), this.#lastWrite!);
    if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
    const { version, unpublished = [], touched = [] } = answer;
    return { version, events: unpublished as ShardKey[], touched, readBack: readBackOf(this.name, 1, answer) };
  }

  /** Resolves once the stamps are put, with those that could not be; never, if the shard crashes meanwhile. */
  publish(shardKeys: readonly ShardKey[]): Promise<readonly ShardKey[]> {
    return this.#life.publisher.publish(shardKeys);
  }

  /** What was in memory is lost; puts that were sent may still land. */
  crash(): void {
    this.#life.isOver = true;
    // The platform calls an alarm again whose handler did not come to its end, whatever the shard's clock says.
    if (this.#life.isInAlarm) this.#storage.alarmAtMs ??= 0;
    this.#life = this.#begin();
  }

  /** The platform takes an object out of memory that has nothing to do; the next call makes it anew. */
  sleep(): void {
    const { isInAlarm, work } = this.#life;
    if (isInAlarm || work.size > 0) return;
    this.#life.isOver = true;
    this.#life = this.#begin();
  }

  /** Lets the platform look whether the alarm is due. */
  wake(): void {
    const { alarmAtMs } = this.#storage;
    if (alarmAtMs === null || alarmAtMs > this.#options.clock.now()) return;
    const life = this.#life;
    this.#storage.alarmAtMs = null;
    life.isInAlarm = true;
    void life.tasks.runDue().then(() => {
      life.isInAlarm = false;
    });
  }

  close(): void {
    this.#life.isOver = true;
    this.#storage.forget();
    unused.push(this.#storage);
  }

  #begin(): Life {
    const { model, clock, time } = this.#options;
    const storage = this.#storage as unknown as DurableObjectStorage;
    const session = new SqlSession(storage.sql);
    const isNew = this.#lives++ === 0;
    const commitClock = startClock(session, clock.now);
    const tasks = new Tasks(storage, session, clock.now, {
      publish: () => publisher.publishDue(),
      trim: () => trimmer.run(),
      restore: () => restorer.run(),
    });
    const schedule = (atMs: number, nowMs: number, sinceSeq: number) =>
      tasks.scheduleBy('publish', atMs, nowMs, sinceSeq);
    const unpublishedSince = readTaskSince(session, 'publish');
    const outcomes = new Outcomes();
    const freshness = new Freshness(session, {
      ...{ model, wallClock: clock.now, schedule, publishes: true, unpublishedSince, isNew },
    });
    // Timers die with the object that has set them.
    const setTimer = (callback: () => void, delayMs: number) => {
      life.work.add(callback);
      const end = () => life.work.delete(callback);
      const cancel = time.setTimer(() => {
        end();
        if (!life.isOver) callback();
      }, delayMs);
      return () => {
        end();
        cancel();
      };
    };
    const timers = { now: clock.now, setTimer };
    const scheduleTrim = (atMs: number, nowMs: number) => tasks.scheduleBy('trim', atMs, nowMs);
    const trimmer: LogTrimmer = new LogTrimmer({
      shard: 'lab',
      ...{ settings: LOG_SETTINGS, storage, session, wallClock: clock.now, timers },
      archive: null,
      isMigrating: () => false,
      leastRetriedVersion: () => outcomes.leastLoggedVersion(clock.now()),
      isRecalling: () => false,
      schedule: scheduleTrim,
      dueAtMs: () => tasks.dueAtMs('trim'),
      isFull: () => false,
    });
    const copier = new Copier({
      shard: () => state,
      limits: WRITE_LIMITS,
      ask: async (_, request) => answerBackup(state, session, request),
    });
    const restorer: Restorer = new Restorer({
      shard: () => state,
      copier,
      timers,
      schedule: (atMs, nowMs) => tasks.scheduleBy('restore', atMs, nowMs),
      migrated: async () => null,
    });
    const publisher: Publisher = new Publisher({
      model,
      kv: {
        put: (...put) => {
          if (life.isOver) return NEVER;
          life.work.add(put);
          const sent = this.#options.kv.put(...put).finally(() => life.work.delete(put));
          return whileAlive(sent, () => !life.isOver);
        },
      },
      storage,
      freshness,
      schedule,
      unschedule: () => tasks.cancel('publish'),
      timers,
      owns: () => true,
    });
    const state: ShardState = {
      model,
      migrations: [],
      storage,
      work: new ShardWork(storage.sql),
      wallClock: clock.now,
      clock: commitClock,
      ownership: new Ownership(session),
      plans: this.#plans,
      freshness,
      outcomes,
      knownKeys: new KnownKeys(),
      imports: new ImportRuns(),
      capacity: capacityOf(storage.sql),
      publisher,
      audits: new AuditCounts(),
      trimmer,
      logSize: new LogSize(freshness.lastSeq),
      askForRead: () => Promise.reject(new Error('Expected no shard to be asked for what others have.')),
      life: this.name,
      fences: new Fences(session),
      logRecall: new LogRecall({
        ...{ archive: null, settings: LOG_SETTINGS, storage, session, wallClock: clock.now, timers },
        capacity: capacityOf(storage.sql),
        schedule: scheduleTrim,
      }),
      restorer,
    };
    const life: Life = { isOver: false, isInAlarm: false, work: new Set(), state, publisher, tasks };
    return life;
  }
}

const NEVER = new Promise<never>(() => {});

/** What was sent goes on, but the dead do not hear of it: they must not write into the database of the next life. */
async function whileAlive<T>(work: Promise<T>, isAlive: () => boolean): Promise<T> {
  try {
    return await work;
  } finally {
    if (!isAlive()) await NEVER;
  }
}
