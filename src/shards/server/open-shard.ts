import type { Timers } from '../../lib/timers.ts';
import type { MigrationBundle, Model } from '../../model/types.ts';
import type { CapacitySettings } from '../capacity.ts';
import { LATE_MS, laterThan } from '../lag-histogram.ts';
import type { LogSettings } from '../log-settings.ts';
import { isInMaintenance } from '../maintenance.ts';
import type { ShardKey } from '../shard-key.ts';
import { isInOtherJurisdiction } from '../shard-place.ts';
import { SqlSession } from '../sql/sql-session.ts';
import { versionToMs } from '../version.ts';
import { answerBackup } from './backup/answer-backup.ts';
import type { PlatformBookmarks } from './bookmarks/platform-bookmarks.ts';
import { ShardBookmarks } from './bookmarks/shard-bookmarks.ts';
import { Capacity } from './capacity/capacity.ts';
import { startClock, type WallClock } from './clock.ts';
import { ImportRuns } from './commit/import-runs.ts';
import { KnownKeys } from './commit/known-keys.ts';
import { Outcomes } from './commit/outcomes.ts';
import { AuditCounts } from './freshness/audit-counts.ts';
import { Freshness } from './freshness/freshness.ts';
import { Publisher } from './freshness/publisher.ts';
import { LogArchive } from './log/archive/log-archive.ts';
import { LogRecall } from './log/archive/log-recall.ts';
import { LogTrimmer } from './log/log-trimmer.ts';
import { Migrator } from './migrate/migrator.ts';
import type { RebuildLimits } from './migrate/rebuild/rebuild-steps.ts';
import { Ownership } from './placement/ownership.ts';
import { RestoredFence } from './placement/restored-fence.ts';
import type { PlanRunner } from './read/run/plan-runner.ts';
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

/** What its class gives to a shard. */
export interface ShardSettings {
  readonly model: Model;
  readonly bundle: MigrationBundle;
  /** Compiled plans depend on the model alone: all shards of the isolate share them. */
  readonly plans: PlanRunner;
  readonly log: LogSettings;
  readonly wallClock: WallClock;
  /** Time for work that waits. */
  readonly timers: Timers;
  /** How large it may become. */
  readonly capacity: CapacitySettings;
  /** From which size on tables are rebuilt in steps; absent members have their defaults. */
  readonly rebuilds: Partial<RebuildLimits>;
  /** What keeps earlier moments of the whole database. */
  readonly bookmarks: (ctx: DurableObjectState) => PlatformBookmarks;
}

/** A shard that serves, as soon as its migrator says so. */
interface OpenedShard {
  readonly state: ShardState;
  readonly migrator: Migrator;
  readonly tasks: Tasks;
  readonly bookmarks: ShardBookmarks;
  readonly restoredFence: RestoredFence;
}

/** Puts the parts of a shard together, over what its database holds. `env`: with objects where they belong. */
export function openShard(ctx: DurableObjectState, env: ShardEnv, settings: ShardSettings): OpenedShard {
  const { model, bundle, plans, log, wallClock, timers, rebuilds, bookmarks, capacity: capacitySettings } = settings;
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
    read: () => ({ figures: shardFigures(state, session), counts: shardCounts(state) }),
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
  const [outcomes, knownKeys] = [new Outcomes(), new KnownKeys()];
  const logRecall = new LogRecall({
    ...{ archive, settings: log, capacity, storage, session, wallClock, timers },
    schedule: scheduleTrim,
  });
  const trimmer = new LogTrimmer({
    shard: shard.name ?? shard.id,
    settings: log,
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
    shard: () => state,
    limits: WRITE_LIMITS,
    ask: askForPagesBy(env, shard, (request) => answerBackup(state, session, request)),
  });
  const restorer = new Restorer({
    shard: () => state,
    copier,
    timers,
    schedule: (atMs, nowMs) => tasks.scheduleBy('restore', atMs, nowMs),
    migrated: () => migrator.migrate(),
  });
  const restoredFence = new RestoredFence(restoringBy(env, shard.id));
  const [imports, audits, fences] = [new ImportRuns(), new AuditCounts(), new Fences(session)];
  const { migrations } = bundle;
  const state: ShardState = {
    model,
    migrations,
    storage,
    wallClock,
    clock,
    ownership,
    plans,
    freshness,
    outcomes,
    knownKeys,
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
  const shardBookmarks = new ShardBookmarks(state, bookmarks(ctx), isInMaintenance(env));
  const onCommit = (): void => {
    clock.committed(readLastVersion(session));
    freshness.migrated(session);
    trimmer.committed(freshness.lastSeq);
  };
  const migrator = new Migrator(storage, model, bundle, wallClock, coordinateBy(env), onCommit, {
    fullBytes: capacitySettings.fullBytes,
    ...rebuilds,
  });
  trimmer.started();
  // Its alarm is set.
  if (tasks.dueAtMs('restore') === null) restorer.started();
  return { state, migrator, tasks, bookmarks: shardBookmarks, restoredFence };
}
