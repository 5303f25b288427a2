import { expect, it } from 'vitest';
import type { MigrationBundle, Model } from '../../../../src/model/types.ts';
import { Freshness } from '../../../../src/shards/server/freshness/freshness.ts';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { PlanRunner } from '../../../../src/shards/server/read/run/plan-runner.ts';
import { readLastVersion } from '../../../../src/shards/server/tables/clock-table.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { createRandom } from '../../../support/random.ts';
import { inNewShard, LabShard } from '../lab-shard.ts';
import { FIRST_RELEASE, runReleases } from './release-scenario.ts';

const runs = propertyRuns(20);

async function deployed(shard: LabShard, model: Model, bundle: MigrationBundle): Promise<LabShard> {
  const { session, state } = shard;
  const { storage, wallClock, clock, capacity } = state;
  const refusal = await new Migrator(storage, model, bundle, wallClock, null, () => {
    clock.committed(readLastVersion(session));
  }).migrate();
  if (refusal) throw refusal;
  const freshness = new Freshness(session, {
    ...{ model, wallClock, schedule: () => {}, publishes: true, isNew: false, capacity },
  });
  return new LabShard({ ...state, model, migrations: bundle.migrations, plans: new PlanRunner(model), freshness });
}

it(`rows of before releases are what they were, under the names of today, or cannot be looked at (${describeRuns(runs)})`, {
  timeout: 60_000 + 5_000 * runs.numRuns,
}, async () => {
  const counts = { looks: 0, restores: 0, barriers: 0 };
  for (let at = 0; at < runs.numRuns; at++) {
    const seed = runs.seed + at;
    try {
      await inNewShard(FIRST_RELEASE.model, FIRST_RELEASE.bundle, (shard) =>
        runReleases((model, bundle) => deployed(shard, model, bundle), createRandom(seed), counts),
      );
    } catch (error) {
      throw new Error(`SEED=${seed} RUNS=1: ${String(error)}`, { cause: error });
    }
  }
  expect(counts.restores).toBeGreaterThan(runs.numRuns / 2);
  expect(counts.barriers).toBeGreaterThan(runs.numRuns / 2);
  expect(counts.barriers).toBeLessThan(counts.looks / 2);
});
