import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { systemTimers } from '../../../src/lib/timers.ts';
import type { MigrationBundle, Model } from '../../../src/model/types.ts';
import { toLogSettings } from '../../../src/shards/log-settings.ts';
import { answerBackup } from '../../../src/shards/server/backup/answer-backup.ts';
import { startClock } from '../../../src/shards/server/clock.ts';
import { ImportRuns } from '../../../src/shards/server/commit/import-runs.ts';
import { KnownKeys } from '../../../src/shards/server/commit/known-keys.ts';
import { Outcomes } from '../../../src/shards/server/commit/outcomes.ts';
import { AuditCounts } from '../../../src/shards/server/freshness/audit-counts.ts';
import { Freshness } from '../../../src/shards/server/freshness/freshness.ts';
import { LogRecall } from '../../../src/shards/server/log/archive/log-recall.ts';
import { LogTrimmer } from '../../../src/shards/server/log/log-trimmer.ts';
import { Migrator } from '../../../src/shards/server/migrate/migrator.ts';
import { Ownership } from '../../../src/shards/server/placement/ownership.ts';
import { PlanRunner } from '../../../src/shards/server/read/run/plan-runner.ts';
import { Copier } from '../../../src/shards/server/recovery/copy/copier.ts';
import { WRITE_LIMITS } from '../../../src/shards/server/recovery/copy/write-copied.ts';
import { Fences } from '../../../src/shards/server/recovery/fences.ts';
import { Restorer } from '../../../src/shards/server/recovery/restorer.ts';
import { LogSize } from '../../../src/shards/server/reporting/log-size.ts';
import { ShardWork } from '../../../src/shards/server/reporting/shard-work.ts';
import type { ShardState } from '../../../src/shards/server/shard-state.ts';
import { createSystemTables } from '../../../src/shards/server/tables/system-tables.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { SqlSession } from '../../../src/shards/sql/sql-session.ts';
import { capacityOf } from '../../support/capacity.ts';
import { LabShard } from './lab-shard-class.ts';

export { LabShard };

let labs = 0;

/** Runs `test` with a new, migrated shard that owns all slots. */
export async function inNewShard<T>(
  model: Model,
  bundle: MigrationBundle,
  test: (shard: LabShard) => T | Promise<T>,
  wallClock: () => number = Date.now,
): Promise<T> {
  return await runInDurableObject(
    env.LAB.getByName(`lab-${++labs}-${crypto.randomUUID()}`),
    async (_lab, { storage }) => {
      const session = new SqlSession(storage.sql);
      createSystemTables(session);
      const migrator = new Migrator(storage, model, bundle, wallClock);
      const error = await migrator.migrate();
      if (error) throw error;
      const ownership = new Ownership(session);
      ownership.grant(storage, session, 1, [[0, SLOT_COUNT - 1]]);
      const clock = startClock(session, wallClock);
      const freshness = new Freshness(session, {
        model,
        wallClock,
        schedule: () => {},
        publishes: true,
        isNew: true,
      });
      const plans = new PlanRunner(model);
      const [imports, outcomes] = [new ImportRuns(), new Outcomes()];
      const [publisher, audits, fences] = [null, new AuditCounts(), new Fences(session)];
      const logRecall = new LogRecall({
        ...{ archive: null, settings: toLogSettings({}), storage, session, wallClock, timers: systemTimers },
        capacity: capacityOf(storage.sql),
        schedule: () => {},
      });
      const trimmer = new LogTrimmer({
        shard: 'lab',
        ...{
          settings: toLogSettings({}),
          storage,
          session,
          wallClock,
          timers: systemTimers,
        },
        ...{
          isMigrating: () => false,
          leastRetriedVersion: () => outcomes.leastLoggedVersion(wallClock()),
          isRecalling: () => false,
          archive: null,
          schedule: () => {},
          dueAtMs: () => null,
          isFull: () => false,
        },
      });
      const copier = new Copier({
        shard: () => state,
        limits: WRITE_LIMITS,
        ask: async (_, request) => answerBackup(state, session, request),
      });
      const restorer = new Restorer({
        shard: () => state,
        copier,
        timers: systemTimers,
        schedule: () => {},
        migrated: async () => null,
      });
      const state: ShardState = {
        model,
        migrations: bundle.migrations,
        storage,
        work: new ShardWork(storage.sql),
        wallClock,
        clock,
        ownership,
        plans,
        freshness,
        outcomes,
        knownKeys: new KnownKeys(),
        imports,
        fences,
        capacity: capacityOf(storage.sql),
        publisher,
        audits,
        trimmer,
        restorer,
        logRecall,
        logSize: new LogSize(freshness.lastSeq),
        askForRead: () => Promise.reject(new Error('Expected a shard that is alone not to ask others.')),
        life: 'lab',
      };
      return await test(new LabShard(state));
    },
  );
}
