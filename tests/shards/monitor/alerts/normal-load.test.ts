/** What does not fire: eight hours of a deployment in which nothing is wrong, by a simulation, against all rules at their defaults. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { toAlertSettings } from '../../../../src/shards/alert-settings.ts';
import { toCapacitySettings } from '../../../../src/shards/capacity.ts';
import { NO_LAGS } from '../../../../src/shards/lag-histogram.ts';
import { AlertBoard } from '../../../../src/shards/monitor/alerts/alert-board.ts';
import { AlertStore } from '../../../../src/shards/monitor/alerts/alert-store.ts';
import { countsSince } from '../../../../src/shards/monitor/shard-counts-since.ts';
import { monitored, type ShardRecord, withReport } from '../../../../src/shards/monitor/shard-record.ts';
import { Unseen } from '../../../../src/shards/monitor/unseen.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { NormalLoad } from '../../../support/monitor/normal-load.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { createRandom } from '../../../support/random.ts';

const RUNS = propertyRuns(1);
const SEEDS = Array.from({ length: RUNS.numRuns }, (_, at) => RUNS.seed + at);
const BEGAN_MS = Date.UTC(2026, 0, 1);
const SECONDS = 8 * 3_600;
const LOOK_SECONDS = 20;

beforeEach(() => {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue(undefined);
});

/** Alerts that fired, by rule and subject, with when, in minutes. */
async function fired(seed: number) {
  return await runInDurableObject(env.LAB.getByName(crypto.randomUUID()), (_, { storage }) => {
    const capacity = toCapacitySettings({});
    const board = new AlertBoard({
      ...{ store: new AlertStore(new SqlSession(storage.sql)), settings: toAlertSettings({}), capacity },
      ...{ webhook: { origin: null, problem: null }, periodMs: LOOK_SECONDS * 1_000 },
    });
    const load = new NormalLoad(createRandom(seed), BEGAN_MS);
    const records = new Map<string, ShardRecord>();
    const unseen = new Unseen();
    for (let second = 1; second <= SECONDS; second++) {
      const { isolates, shards } = load.second();
      for (const { counts, release } of isolates) unseen.add({ counts, lag: NO_LAGS }, { release, hasQueue: true });
      for (const report of shards) {
        const before = records.get(report.shard) ?? null;
        const { record } = withReport(before, report, capacity);
        records.set(report.shard, record);
        const added = countsSince(before, record);
        if (added !== null) unseen.add(added, null);
      }
      if (second % LOOK_SECONDS !== 0) continue;
      const known = [...records].map(([shard, record]) => monitored(shard, record, capacity));
      board.look({ ...unseen.take(), shards: known }, load.nowMs);
    }
    return board
      .state(load.nowMs)
      .alerts.filter(({ firedAtMs }) => firedAtMs !== null)
      .map(({ rule, subject, firedAtMs, summary }) => ({
        ...{ rule, subject, summary },
        minute: Math.round((firedAtMs! - BEGAN_MS) / 60_000),
      }));
  });
}

describe(`eight hours of normal load (${describeRuns(RUNS)})`, () => {
  it.each(SEEDS)('fire at most one alert (SEED=%i)', async (seed) => {
    const alerts = await fired(seed);
    expect(alerts.slice(1)).toEqual([]);
  });
});
