import { DurableObject } from 'cloudflare:workers';
import { systemTimers, type Timers } from '../../lib/timers.ts';
import type { MigrationBundle, Model } from '../../model/types.ts';
import { errorToWire, ShardQLError } from '../errors.ts';
import type { ShardMigration } from '../migration-report.ts';
import type { CatalogRpc } from '../protocol/catalog-rpc.ts';
import { CATALOG_NAME } from '../protocol/catalog-rpc.ts';
import type { Refused, WrongShard } from '../protocol/envelope.ts';
import { PROTOCOL } from '../protocol/envelope.ts';
import type { ExplainAnswer, ExplainRequest } from '../protocol/explain.ts';
import type { JsonText } from '../protocol/json-text.ts';
import { fromJsonText, toJsonText } from '../protocol/json-text.ts';
import type { ShardMetrics } from '../protocol/metrics.ts';
import type { MigrationRequest } from '../protocol/migrations.ts';
import type { PublishAnswer, PublishRequest } from '../protocol/publish.ts';
import type { ReadReply, ReadRequest } from '../protocol/read.ts';
import type { RecordAuditsAnswer, RecordAuditsRequest } from '../protocol/record-audits.ts';
import type { SampleAnswer, SampleRequest } from '../protocol/sample-changes.ts';
import type { ShardRpc } from '../protocol/shard-rpc.ts';
import type { ShardStatus } from '../protocol/status.ts';
import type { WriteAnswer, WriteFailed, WriteRequest } from '../protocol/write.ts';
import type { ShardKey } from '../shard-key.ts';
import type { SlotRange } from '../slots.ts';
import type { Version } from '../version.ts';
import { answerReads } from './answer-reads.ts';
import { startClock, type WallClock } from './clock.ts';
import { commit } from './commit/commit.ts';
import { ImportRuns } from './commit/import-runs.ts';
import { explainRead } from './explain-read.ts';
import { AuditCounts } from './freshness/audit-counts.ts';
import { Freshness } from './freshness/freshness.ts';
import { Publisher, type StampKv } from './freshness/publisher.ts';
import { sampleChanges } from './freshness/sample-changes.ts';
import { type Coordinate, Migrator } from './migrate/migrator.ts';
import { grantSlots } from './placement/grant-slots.ts';
import { Ownership } from './placement/ownership.ts';
import { PlanRunner } from './read/plan-runner.ts';
import { shardMetrics } from './report/metrics.ts';
import { shardStatus } from './report/status.ts';
import { ownsKey, type ShardState } from './shard-state.ts';
import { SqlSession } from './sql-session.ts';
import { readLastVersion } from './tables/clock-table.ts';
import { createSystemTables } from './tables/system-tables.ts';
import { Tasks } from './tasks/tasks.ts';
import { toShardError } from './unexpected-error.ts';

export interface ShardOptions {
  /** Default: `Date.now`. */
  readonly wallClock: WallClock;
  /** Time for work that waits. Default: the system's. */
  readonly timers: Timers;
}

export interface ShardEnv {
  /** Stamps are put here, where cached answers are judged by them. Optional: without it nothing is cached there. */
  readonly KV?: StampKv;
  /** Coordinates migrations over all shards. Optional: without it the shard migrates by itself. */
  readonly CATALOG?: DurableObjectNamespace;
}

/**
 * The Durable Object class of the shards of a model. It is the RPC surface only: it waits until the schema is right and
 * then runs each request as one synchronous function, so requests never interleave. Expected failures are answers.
 */
export function createShardClass(model: Model, bundle: MigrationBundle, options: Partial<ShardOptions> = {}) {
  const wallClock = options.wallClock ?? Date.now;
  const timers = options.timers ?? systemTimers;
  // Compiled plans depend on the model alone: all shards of the isolate share them.
  const plans = new PlanRunner(model);

  return class Shard extends DurableObject<ShardEnv> implements ShardRpc {
    readonly #state: ShardState;
    readonly #migrator: Migrator;
    readonly #tasks: Tasks;
    /** Null: there is no KV. */
    readonly #publisher: Publisher | null;
    readonly #audits = new AuditCounts();

    constructor(ctx: DurableObjectState, env: ShardEnv) {
      super(ctx, env);
      const { storage } = ctx;
      const session = new SqlSession(storage.sql);
      createSystemTables(session);
      const clock = startClock(session, wallClock);
      const ownership = new Ownership(session);
      // Before it is granted slots, a shard answers nothing.
      const isNew = ownership.epoch === 0;
      const { KV: kv } = env;
      const tasks = new Tasks(storage, session, wallClock, {
        publish: async () => await this.#publisher?.publishDue(),
      });
      const schedule = (atMs: number, nowMs: number) => tasks.scheduleBy('publish', atMs, nowMs);
      const freshness = new Freshness(session, { model, wallClock, schedule, publishes: kv !== undefined, isNew });
      const imports = new ImportRuns();
      this.#state = { model, storage, wallClock, clock, ownership, plans, freshness, imports };
      const owns = (shardKey: ShardKey) => ownsKey(this.#state, shardKey);
      this.#tasks = tasks;
      this.#publisher = kv ? new Publisher({ model, kv, storage, freshness, schedule, timers, owns }) : null;
      // A life before this one may have been about to publish: at once, and again when its last puts have landed.
      if (this.#publisher && freshness.unpublished.size > 0) ctx.waitUntil(tasks.run('publish'));
      this.#migrator = new Migrator(storage, model, bundle, wallClock, coordinateBy(env), () => {
        const after = new SqlSession(storage.sql);
        clock.committed(readLastVersion(after));
        freshness.migrated(after);
      });
    }

    async read(requestText: JsonText<ReadRequest>): Promise<JsonText<ReadReply>> {
      const request = fromJsonText(requestText);
      const refusal = await this.#refusal(request.protocol);
      if (refusal) return toJsonText<ReadReply>(refusal);
      const answer = this.#refuseOnError('read', request, () => answerReads(this.#state, request));
      return typeof answer === 'string' ? answer : toJsonText<ReadReply>(answer);
    }

    async explain(requestText: JsonText<ExplainRequest>): Promise<JsonText<ExplainAnswer | Refused>> {
      const request = fromJsonText(requestText);
      const refusal = await this.#refusal(request.protocol);
      if (refusal) return toJsonText<Refused>(refusal);
      const answer = this.#refuseOnError('explain', request, () => explainRead(this.#state, request));
      return typeof answer === 'string' ? answer : toJsonText<Refused>(answer);
    }

    async write(request: WriteRequest): Promise<WriteAnswer | WriteFailed | WrongShard | Refused> {
      const refusal = await this.#refusal(request.protocol);
      return refusal ?? this.#refuseOnError('write', request, () => commit(this.#state, request));
    }

    async publish({ protocol, shardKeys }: PublishRequest): Promise<PublishAnswer | Refused> {
      const refusal = await this.#refusal(protocol);
      if (refusal) return refusal;
      const keys = shardKeys as readonly ShardKey[];
      const left = (await this.#publisher?.publish(keys)) ?? [];
      const hot = this.#state.freshness.takeHotReads(keys.filter((key) => !left.includes(key)));
      return { status: 'OK', epoch: this.#state.ownership.epoch, left, ...(hot.length > 0 && { hot }) };
    }

    /** One alarm serves all tasks of the shard. */
    override async alarm(): Promise<void> {
      await this.#tasks.runDue();
    }

    async own(epoch: number, slots: readonly SlotRange[], least: Version = 0): Promise<Version> {
      // Only so that nothing is written while a migration has foreign keys switched off.
      await this.#migrator.settle();
      grantSlots(this.#state, epoch, slots, least);
      return this.#state.clock.last;
    }

    async status(): Promise<ShardStatus | Refused> {
      return (await this.#refusal(PROTOCOL)) ?? shardStatus(this.#state);
    }

    async metrics(): Promise<ShardMetrics | Refused> {
      return (await this.#refusal(PROTOCOL)) ?? shardMetrics(this.#state, this.#publisher, this.#audits);
    }

    async sampleChanges({ protocol, version }: SampleRequest): Promise<SampleAnswer | Refused> {
      const refusal = await this.#refusal(protocol);
      if (refusal) return refusal;
      return { status: 'OK', epoch: this.#state.ownership.epoch, changes: sampleChanges(this.#state, version) };
    }

    async recordAudits({ protocol, counts }: RecordAuditsRequest): Promise<RecordAuditsAnswer | Refused> {
      const refusal = await this.#refusal(protocol);
      if (refusal) return refusal;
      this.#audits.add(counts);
      return { status: 'OK', epoch: this.#state.ownership.epoch };
    }

    async checkMigrations({ protocol, plan }: MigrationRequest): Promise<ShardMigration> {
      if (protocol > PROTOCOL) throw newerProtocol(protocol);
      return this.#migrator.check(plan);
    }

    async applyMigrations(planId: string): Promise<ShardMigration | null> {
      return this.#migrator.apply(planId);
    }

    /** Why no request can be served now; null if one can. */
    async #refusal(protocol: number): Promise<Refused | null> {
      if (protocol > PROTOCOL) return this.#refuse(newerProtocol(protocol));
      if (this.#migrator.isReady) return null;
      const error = await this.#migrator.migrate();
      return error && this.#refuse(error);
    }

    #refuse(error: ShardQLError): Refused {
      return { status: 'REFUSED', epoch: this.#state.ownership.epoch, error: errorToWire(error) };
    }

    /** What is thrown here is lost with the object; all else is an answer. */
    #refuseOnError<T>(method: string, { requestId }: { requestId?: string | undefined }, work: () => T): T | Refused {
      try {
        return work();
      } catch (error) {
        return this.#refuse(toShardError(error, { method, requestId }));
      }
    }
  };
}

const newerProtocol = (protocol: number): ShardQLError =>
  new ShardQLError(
    'SHARD_UNAVAILABLE',
    `Expected protocol ${PROTOCOL} or older, but got ${protocol}: this shard still runs the previous release.`,
    { retryable: true },
  );

function coordinateBy({ CATALOG: catalogs }: ShardEnv): Coordinate | null {
  if (!catalogs) return null;
  return async (plan) => {
    const catalog = catalogs.getByName(CATALOG_NAME) as unknown as CatalogRpc;
    await catalog.migrate({ protocol: PROTOCOL, plan, insists: false });
  };
}
