/** What restores need of a shard, on SQLite in Node. */
import type { MigrationBundle, Model } from '../../../src/model/types.ts';
import { startClock } from '../../../src/shards/server/clock.ts';
import { Freshness } from '../../../src/shards/server/freshness/freshness.ts';
import type { LogTrimmer } from '../../../src/shards/server/log/log-trimmer.ts';
import { Migrator } from '../../../src/shards/server/migrate/migrator.ts';
import { Fences } from '../../../src/shards/server/recovery/fences.ts';
import { createSystemTables } from '../../../src/shards/server/tables/system-tables.ts';
import { SqlSession } from '../../../src/shards/sql/sql-session.ts';
import type { LabShard } from '../../shards/server/lab-shard-class.ts';
import { undoLabBundle, undoLabModel } from '../../shards/server/undo/undo-lab.ts';
import { capacityOf } from '../../support/capacity.ts';
import { NodeStorage } from '../node-storage.ts';

/** A new database. */
export function createStorage(): NodeStorage {
  const storage = new NodeStorage();
  createSystemTables(new SqlSession(storage.sql as unknown as SqlStorage));
  return storage;
}

/** The shard starts with a release, over the rows that it has. */
export async function deploy(created: NodeStorage, model: Model, bundle: MigrationBundle): Promise<LabShard> {
  const storage = created as unknown as DurableObjectStorage;
  const refusal = await new Migrator(storage, model, bundle, Date.now).migrate();
  if (refusal) throw refusal;
  return shardOf(storage, model, bundle);
}

/** Migrated tables without rows, which `inHistory` gives to each history anew. */
export async function createRestoredLab() {
  const created = createStorage();
  await deploy(created, undoLabModel, undoLabBundle);
  return {
    async inHistory(run: (shard: LabShard) => void | Promise<void>): Promise<void> {
      created.remember();
      await run(shardOf(created as unknown as DurableObjectStorage, undoLabModel, undoLabBundle));
      created.forget();
    },
  };
}

function shardOf(storage: DurableObjectStorage, model: Model, { migrations }: MigrationBundle): LabShard {
  const session = new SqlSession(storage.sql);
  const capacity = capacityOf(storage.sql);
  const freshness = new Freshness(session, {
    ...{ model, wallClock: Date.now, schedule: () => {}, publishes: false, isNew: true, capacity },
  });
  const trimmer = { committed: () => {} } as unknown as LogTrimmer;
  const clock = startClock(session, Date.now);
  const state = { model, migrations, storage, wallClock: Date.now, clock, freshness, capacity, trimmer };
  const fences = new Fences(session);
  const rows = session.rows.bind(session);
  return { session, sql: storage.sql, rows, state: { ...state, fences, publisher: null } } as never;
}
