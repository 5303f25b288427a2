/**
 * Looks for a history of restores that breaks a promise: `node search.ts <seed> <histories>`. Exit code 1 if there is one, 0 if none was
 * found. Run from a copy of the sources it shows whether a bug that was put into them is noticed.
 */
import fc from 'fast-check';
import { startClock } from '../../../src/shards/server/clock.ts';
import { Freshness } from '../../../src/shards/server/freshness/freshness.ts';
import type { LogTrimmer } from '../../../src/shards/server/log/log-trimmer.ts';
import { Migrator } from '../../../src/shards/server/migrate/migrator.ts';
import { Fences } from '../../../src/shards/server/recovery/fences.ts';
import { createSystemTables } from '../../../src/shards/server/tables/system-tables.ts';
import { SqlSession } from '../../../src/shards/sql/sql-session.ts';
import { runRestores } from '../../shards/server/recovery/restore-scenario.ts';
import { statements } from '../../shards/server/undo/lab-history.ts';
import { undoLabBundle as bundle, undoLabModel as model } from '../../shards/server/undo/undo-lab.ts';
import { capacityOf } from '../../support/capacity.ts';
import { createRandom } from '../../support/random.ts';
import { NodeStorage } from '../node-storage.ts';

const [seed, histories] = process.argv.slice(2).map(Number) as [number, number];

const created = new NodeStorage();
const storage = created as unknown as DurableObjectStorage;
const session = new SqlSession(storage.sql);
createSystemTables(session);
const refusal = await new Migrator(storage, model, bundle, Date.now).migrate();
if (refusal) throw refusal;

/** What restores need of a shard, over the same tables for each history. */
function shardOf() {
  const capacity = capacityOf(storage.sql);
  const freshness = new Freshness(session, {
    ...{ model, wallClock: Date.now, schedule: () => {}, publishes: false, isNew: true, capacity },
  });
  const trimmer = { committed: () => {} } as unknown as LogTrimmer;
  const clock = startClock(session, Date.now);
  const { migrations } = bundle;
  const state = { model, migrations, storage, wallClock: Date.now, clock, freshness, capacity, trimmer };
  const fences = new Fences(session);
  const rows = session.rows.bind(session);
  return { session, sql: storage.sql, rows, state: { ...state, fences, publisher: null } };
}

for (let at = 0; at < histories; at++) {
  created.remember();
  try {
    const commits = fc.sample(statements, { seed: seed + at, numRuns: 40 });
    const counts = { restores: 0, cancelled: 0, undone: 0 };
    runRestores(shardOf() as never, commits, createRandom(seed + at), counts);
  } catch (error) {
    console.log(`SEED=${seed + at}: ${String(error)}`);
    process.exit(1);
  }
  created.forget();
}
process.exit(0);
