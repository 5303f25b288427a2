import { DurableObject } from 'cloudflare:workers';
import { systemTimers, type Timers } from '../../lib/timers.ts';
import type { MigrationBundle, Model } from '../../model/types.ts';
import type { BookmarkPoint } from '../bookmark.ts';
import { type CapacitySettings, toCapacitySettings } from '../capacity.ts';
import { errorToWire, type ShardQLError } from '../errors.ts';
import { LATE_MS, laterThan } from '../lag-histogram.ts';
import { type LogSettings, toLogSettings } from '../log-settings.ts';
import { isInMaintenance } from '../maintenance.ts';
import type { ShardMigration } from '../migration-report.ts';
import { placeObjects } from '../object-place.ts';
import type { PlacedKey } from '../placed-key.ts';
import { NEWEST_PROTOCOL, type RequestEnvelope, type WorkCounts } from '../protocol/envelope.ts';
import type { Refusal } from '../protocol/refusal.ts';
import type {
  BookmarkSet,
  CurrentBookmark,
  FoundBookmark,
  KeyRelease,
  KeysReleased,
  MigrationRequest,
  ShardRpc,
} from '../protocol/shard-rpc.ts';
import type { WriteRequest } from '../protocol/write.ts';
import type { ShardKey } from '../shard-key.ts';
import { isInOtherJurisdiction } from '../shard-place.ts';
import type { SlotRange } from '../slots.ts';
import { SqlSession } from '../sql/sql-session.ts';
import { type Version, versionToMs } from '../version.ts';
import { answerBackup } from './backup/answer-backup.ts';
import { type PlatformBookmarks, platformBookmarks } from './bookmarks/platform-bookmarks.ts';
import { ShardBookmarks } from './bookmarks/shard-bookmarks.ts';
import { Capacity } from './capacity/capacity.ts';
import { startClock, type WallClock } from './clock.ts';
import { ImportRuns } from './commit/import-runs.ts';
import { Outcomes } from './commit/outcomes.ts';
import { CommitGroups } from './commit-groups.ts';
import { expired } from './expired.ts';
import { AuditCounts } from './freshness/audit-counts.ts';
import { Freshness } from './freshness/freshness.ts';
import { Publisher } from './freshness/publisher.ts';
import { HANDLERS, type HandledRpc, TEXT_RPCS } from './handlers.ts';
import { LogArchive } from './log/archive/log-archive.ts';
import { LogRecall } from './log/archive/log-recall.ts';
import { LogTrimmer } from './log/log-trimmer.ts';
import { Migrator } from './migrate/migrator.ts';
import type { RebuildLimits } from './migrate/rebuild/rebuild-steps.ts';
import { newerProtocol } from './other-release.ts';
import { grantSlots } from './placement/grant-slots.ts';
import { Ownership } from './placement/ownership.ts';
import { releaseKeys } from './placement/release-keys.ts';
import { RestoredFence } from './placement/restored-fence.ts';
import { PlanRunner } from './read/run/plan-runner.ts';
import { Copier } from './recovery/copy/copier.ts';
import { WRITE_LIMITS } from './recovery/copy/write-copied.ts';
import { Fences } from './recovery/fences.ts';
import { Restorer } from './recovery/restorer.ts';
import { LogSize } from './reporting/log-size.ts';
import { ShardReporter } from './reporting/shard-reporter.ts';
import { shardCounts, shardFigures } from './reporting/shard-status.ts';
import { ShardWork } from './reporting/shard-work.ts';
import { askForPagesBy, askForReadBy, coordinateBy, reportTo, restoringBy, type ShardEnv } from './shard-env.ts';
import { ownsKey, type ShardState } from './shard-state.ts';
import { readLastVersion } from './tables/clock-table.ts';
import { countRows } from './tables/log-totals.ts';
import { createSystemTables } from './tables/system-tables.ts';
import { readTaskSince } from './tables/tasks-table.ts';
import { Tasks } from './tasks/tasks.ts';
import { toShardError } from './to-shard-error.ts';
import { Turns, turnOf } from './turns.ts';

interface ShardOptions {
  /** Absent ones have their defaults. */
  readonly log: Partial<LogSettings>;
  /** Default: `Date.now`. */
  readonly wallClock: WallClock;
  /** Time for work that waits. Default: the system's. */
  readonly timers: Timers;
  /** How large it may become; absent members have their defaults. */
  readonly capacity: Partial<CapacitySettings>;
  /** From which size on tables are rebuilt in steps; absent members have their defaults. */
  readonly rebuilds: Partial<RebuildLimits>;
  /** What keeps earlier moments of the whole database. Default: the platform. */
  readonly bookmarks: (ctx: DurableObjectState) => PlatformBookmarks;
}

/**
 * The Durable Object class of the shards of a model. It is the RPC surface only: it waits until the schema is right and
 * then runs each request as one synchronous function, so requests never interleave. Expected failures are answers.
 */
export function createShardClass(model: Model, bundle: MigrationBundle, options: Partial<ShardOptions> = {}) {
  const wallClock = options.wallClock ?? Date.now;
  const timers = options.timers ?? systemTimers;
  const logSettings = toLogSettings(options.log ?? {});
  const capacitySettings = toCapacitySettings(options.capacity ?? {});
  const bookmarksOf = options.bookmarks ?? platformBookmarks;
  // Compiled plans depend on the model alone: all shards of the isolate share them.
  const plans = new PlanRunner(model);

  class Shard extends DurableObject<ShardEnv> {
    readonly #state: ShardState;
    readonly #migrator: Migrator;
    readonly #tasks: Tasks;
    readonly #bookmarks: ShardBookmarks;
    readonly #restoredFence: RestoredFence;
    readonly #turns = new Turns(timers);
    readonly #groups = new CommitGroups(timers);

    constructor(ctx: DurableObjectState, bindings: ShardEnv) {
      const env = placeObjects(bindings);
      super(ctx, env);
      const { storage } = ctx;
      const { KV: kv } = env;
      const session = new SqlSession(storage.sql);
      createSystemTables(session);
      // Rows that are to be in a jurisdiction are copied to no store outside of it.
      const isElsewhere = isInOtherJurisdiction(ctx.id.name, env);
      const clock = startClock(session, wallClock);
      const ownership = new Ownership(session);
      // Before it is granted slots, a shard answers nothing.
      const isNew = ownership.epoch === 0;
      const tasks = new Tasks(storage, session, wallClock, {
        publish: async () => await publisher?.publishDue(),
        restore: () => restorer.run(),
        trim: async () => {
          await trimmer.run();
          reporter.trimmed(capacity.trimmed());
        },
      });
      const schedulePublish = (atMs: number, nowMs: number, sinceSeq: number) =>
        tasks.scheduleBy('publish', atMs, nowMs, sinceSeq);
      const capacity = new Capacity({
        sql: storage.sql,
        settings: capacitySettings,
        shard: ctx.id.name ?? ctx.id.toString(),
        countRows: () => countRows(session),
        heldBytes: () => trimmer.heldBytes,
      });
      const reporter = new ShardReporter({
        shard: ctx.id.name ?? ctx.id.toString(),
        settings: capacitySettings,
        wallClock,
        lastCommitMs: versionToMs(clock.last),
        liveBytes: () => capacity.bytes,
        read: () => ({ figures: shardFigures(this.#state, session), counts: shardCounts(this.#state) }),
        send: reportTo(env, ctx),
      });
      const freshness = new Freshness(session, {
        model,
        wallClock,
        schedule: schedulePublish,
        hasRoom: () => capacity.level !== 'FULL',
        publishes: kv !== undefined,
        covers: !isElsewhere,
        unpublishedSince: kv ? readTaskSince(session, 'publish') : null,
        isNew,
        onCommit: (totals, isUnpublished) => {
          logSize.committed(totals);
          reporter.committed(totals, { ...capacity.committed(totals), isUnpublished });
        },
      });
      const logSize = new LogSize(freshness.lastSeq);
      const owns = (shardKey: ShardKey) => ownsKey({ ownership }, shardKey);
      const publisher: Publisher | null = kv
        ? new Publisher({
            ...{ model, kv, storage, freshness, timers, owns, schedule: schedulePublish },
            unschedule: () => tasks.cancel('publish'),
            onPublished: () => reporter.published({ puts: publisher!.puts, late: laterThan(LATE_MS, publisher!.lag) }),
          })
        : null;
      const shard = { id: ctx.id.toString(), name: ctx.id.name ?? null };
      const bucket = isElsewhere ? undefined : env.LOG_ARCHIVE;
      const archive = bucket ? new LogArchive({ bucket, shard, session, timers }) : null;
      const scheduleTrim = (atMs: number, nowMs: number) => tasks.scheduleBy('trim', atMs, nowMs);
      const outcomes = new Outcomes();
      const logRecall = new LogRecall({
        ...{ archive, settings: logSettings, capacity, storage, session, wallClock, timers },
        schedule: scheduleTrim,
      });
      const trimmer = new LogTrimmer({
        shard: shard.name ?? shard.id,
        settings: logSettings,
        storage,
        session,
        wallClock,
        timers,
        isMigrating: () => migrator.isMigrating,
        // A shard without room goes by the clock alone: it may have to give up a large delete, before which it can take no more.
        leastRetriedVersion: () => (capacity.isFull ? null : outcomes.leastLoggedVersion(wallClock())),
        archive,
        isRecalling: () => logRecall.isRunning,
        schedule: scheduleTrim,
        dueAtMs: () => tasks.dueAtMs('trim'),
        isFull: () => capacity.isFull,
      });
      const copier = new Copier({
        shard: () => this.#state,
        limits: WRITE_LIMITS,
        ask: askForPagesBy(env, shard, (request) => answerBackup(this.#state, session, request)),
      });
      const restorer = new Restorer({
        shard: () => this.#state,
        copier,
        timers,
        schedule: (atMs, nowMs) => tasks.scheduleBy('restore', atMs, nowMs),
        migrated: () => migrator.migrate(),
      });
      this.#restoredFence = new RestoredFence(restoringBy(env, shard.id));
      const [imports, audits, fences] = [new ImportRuns(), new AuditCounts(), new Fences(session)];
      const { migrations } = bundle;
      this.#state = {
        model,
        migrations,
        storage,
        wallClock,
        clock,
        ownership,
        plans,
        freshness,
        outcomes,
        imports,
        fences,
        capacity,
        restorer,
        publisher,
        audits,
        trimmer,
        logRecall,
        logSize,
        askForRead: askForReadBy(env),
        life: crypto.randomUUID(),
        work: new ShardWork(storage.sql),
      };
      this.#tasks = tasks;
      this.#bookmarks = new ShardBookmarks(this.#state, bookmarksOf(ctx), isInMaintenance(env));
      const onCommit = (): void => {
        clock.committed(readLastVersion(session));
        freshness.migrated(session);
        trimmer.committed(freshness.lastSeq);
      };
      const migrator = new Migrator(storage, model, bundle, wallClock, coordinateBy(env), onCommit, {
        fullBytes: capacitySettings.fullBytes,
        ...options.rebuilds,
      });
      this.#migrator = migrator;
      trimmer.started();
      // Its alarm is set.
      if (tasks.dueAtMs('restore') === null) restorer.started();
    }

    static {
      for (const name of Object.keys(HANDLERS) as HandledRpc[]) {
        const value = TEXT_RPCS.has(name)
          ? async function (this: Shard, request: string) {
              const answer = await this.#serve(name, JSON.parse(request));
              return typeof answer === 'string' ? answer : JSON.stringify(answer);
            }
          : function (this: Shard, request: object) {
              return this.#serve(name, request as RequestHead);
            };
        Object.defineProperty(Shard.prototype, name, { value });
      }
    }

    /** One alarm serves all tasks of the shard. */
    override async alarm(): Promise<void> {
      if (await this.#restoredFence.refusal()) {
        await this.#state.storage.setAlarm(wallClock() + FENCED_ALARM_MS);
        return;
      }
      this.#state.work.woken();
      await this.#tasks.runDue();
    }

    async setOwnedSlots(
      epoch: number,
      slots: readonly SlotRange[],
      least: Version = 0,
      placed: readonly PlacedKey[] = [],
    ): Promise<Version> {
      // Only so that nothing is written while a migration has foreign keys switched off.
      await this.#migrator.settle();
      grantSlots(this.#state, epoch, slots, least, placed);
      // Unless it is one of an older map, whose answer was lost.
      if (epoch === this.#state.ownership.epoch) this.#restoredFence.lift();
      return this.#state.clock.last;
    }

    async releaseKeys(release: KeyRelease): Promise<KeysReleased> {
      await this.#migrator.settle();
      return releaseKeys(this.#state, release);
    }

    async checkMigrations({ protocol, plan }: MigrationRequest): Promise<ShardMigration> {
      if (protocol > NEWEST_PROTOCOL) throw newerProtocol(NEWEST_PROTOCOL, protocol);
      return this.#migrator.check(plan);
    }

    async workOnMigrations({ protocol, plan }: MigrationRequest): Promise<ShardMigration> {
      if (protocol > NEWEST_PROTOCOL) throw newerProtocol(NEWEST_PROTOCOL, protocol);
      return this.#migrator.work(plan);
    }

    async applyMigrations(planId: string): Promise<ShardMigration | null> {
      // Its versions are not those of the shard yet: the first request after the grant has them applied.
      if (await this.#restoredFence.refusal()) return null;
      return this.#migrator.apply(planId);
    }

    async findBookmark(point: BookmarkPoint): Promise<FoundBookmark | Refusal> {
      return await this.#bookmarks.find(point);
    }

    async currentBookmark(): Promise<CurrentBookmark> {
      return await this.#bookmarks.current();
    }

    async restoreBookmark(bookmark: string, epoch: number): Promise<BookmarkSet | Refusal> {
      return await this.#bookmarks.restore(bookmark, epoch);
    }

    /** What is thrown here is lost with the object; all else is an answer. */
    async #serve(name: HandledRpc, request: RequestHead): Promise<object | string> {
      if (request.takesTurns || this.#turns.areTaken) {
        const of = turnOf(name, request);
        if (of !== null) await this.#turns.take(of);
      } else if (request.sharesCommit) await this.#groups.join();
      const refusal = (await this.#refusal(request.protocol)) ?? expired(request, wallClock());
      if (refusal) return this.#stamped({ status: 'REFUSED', error: errorToWire(refusal) }, NOTHING_DONE);
      const session = new SqlSession(this.#state.storage.sql);
      if (request.tellsStatements) session.tell(wallClock);
      try {
        // No await before the work is done, unless it waits itself: nothing comes in between.
        const work = HANDLERS[name](this.#state, session, request as never);
        const answer = work instanceof Promise ? await work : work;
        return typeof answer === 'string' ? answer : this.#stamped(answer, session.counts);
      } catch (error) {
        const failure = toShardError(error, { method: name, requestId: request.requestId, traceId: request.traceId });
        return this.#stamped({ status: 'REFUSED', error: errorToWire(failure) }, session.counts);
      } finally {
        this.#state.work.served(session.counts);
      }
    }

    /** Why no request can be served now; null if one can. */
    async #refusal(protocol: number): Promise<ShardQLError | null> {
      if (protocol > NEWEST_PROTOCOL) return newerProtocol(NEWEST_PROTOCOL, protocol);
      const fenced = this.#restoredFence.isDown ? null : await this.#restoredFence.refusal();
      if (fenced) return fenced;
      return this.#migrator.isReady ? null : await this.#migrator.migrate();
    }

    #stamped(answer: object, counts: WorkCounts): object {
      return { ...answer, epoch: this.#state.ownership.epoch, counts };
    }
  }

  return Shard as unknown as new (
    ctx: DurableObjectState,
    env: ShardEnv,
  ) => DurableObject<ShardEnv> & ShardRpc;
}

/** What any request has that {@link HANDLERS} answer. */
type RequestHead = Pick<
  RequestEnvelope,
  'protocol' | 'requestId' | 'traceId' | 'tellsStatements' | 'expiresAtMs' | 'takesTurns'
> &
  Partial<Pick<RequestEnvelope, 'caller'> & Pick<WriteRequest, 'sharesCommit'>>;

/** When a shard behind a fence looks again whether it may do its tasks, in milliseconds. */
const FENCED_ALARM_MS = 5_000;

const NOTHING_DONE: WorkCounts = { statements: 0, rowsRead: 0, rowsWritten: 0 };
