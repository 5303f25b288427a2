import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrationPlan } from '../../../../../src/shards/migration-plan.ts';
import type { MigrationProgress } from '../../../../../src/shards/migration-report.ts';
import { PROTOCOL } from '../../../../../src/shards/protocol/envelope.ts';
import { Fleet, type Release, SHARDS } from '../fleet-lab.ts';
import { bundleOf, init, newModel, oldModel, rebuild } from '../migration-lab.ts';

const before: Release = { model: oldModel, bundle: bundleOf(oldModel, init) };
const after: Release = { model: newModel, bundle: bundleOf(newModel, init, rebuild) };

const asked = { protocol: PROTOCOL, plan: migrationPlan(after.bundle, after.model) };
const run = (fleet: Fleet) => fleet.catalog.migrate({ ...asked, insists: true });
const states = (shards: readonly { readonly state: string }[]) => shards.map(({ state }) => state);

/** Four shards of the release before, whose tables count as large. */
async function startOld(): Promise<Fleet> {
  const fleet = new Fleet();
  fleet.rebuilds = { rowsAtOnce: 0, rowsPerStep: 2, lastRows: 1 };
  fleet.deploy(before);
  await fleet.catalog.map(SHARDS.length);
  for (const shard of SHARDS) {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await fleet.create(shard, 'Parent', id, { title: id });
    await fleet.create(shard, 'Child', 'c', { parent: 'a' });
  }
  return fleet;
}

const idsOf = (fleet: Fleet, shard: string) => fleet.rows(shard, 'SELECT id FROM parents ORDER BY id');

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe('a rebuild of large tables in all shards', () => {
  it('goes on under writes by the release before and lost objects, and ends with the next release', async () => {
    const fleet = await startOld();
    const untouched = await fleet.catalog.checkMigrations(asked);
    expect(states(untouched.shards)).toEqual(SHARDS.map(() => 'COPYING'));
    let [works, written] = [0, 0];
    const heard: MigrationProgress[] = [];
    fleet.after = async ({ to, method }) => {
      if (method !== 'workOnMigrations' || works > 12) return;
      works++;
      heard.push((await fleet.catalog.migrationProgress())!);
      if (works % 3 === 0) fleet.deploy(before, [to]);
      const answer = await fleet.create(to, 'Parent', `w${written++}`, { title: 'written' });
      expect(answer).toMatchObject({ status: 'OK' });
    };
    const copied = await run(fleet);
    fleet.after = () => {};
    expect(states(copied.shards)).toEqual(SHARDS.map(() => 'PENDING'));
    expect(heard[0]).toMatchObject({ step: 'check', done: 0, total: 4, steps: { state: 'COPYING', table: 'parents' } });
    const ids = await Promise.all(SHARDS.map((shard) => idsOf(fleet, shard)));

    fleet.deploy(after);
    const { shards, applied } = await run(fleet);
    expect([states(shards), applied]).toEqual([SHARDS.map(() => 'UP_TO_DATE'), 4]);
    for (const [at, shard] of SHARDS.entries()) {
      expect(await idsOf(fleet, shard)).toEqual(ids[at]);
      expect(await fleet.create(shard, 'Child', 'new', { parent: 'a' })).toMatchObject({ status: 'OK' });
      expect(await fleet.rows(shard, 'SELECT id FROM children ORDER BY id')).toEqual([['c'], ['new']]);
    }
  });

  it('is begun by the first request of the next release, which does not wait for it', async () => {
    const fleet = await startOld();
    fleet.deploy(after);
    const create = () => fleet.create('shard-1', 'Child', 'new', { parent: 'a' });
    expect(await create()).toMatchObject({
      status: 'REFUSED',
      error: { code: 'SHARD_UNAVAILABLE', details: { retryable: true } },
    });
    await expect.poll(async () => (await create()).status, { timeout: 20_000 }).toBe('OK');
    expect(states((await run(fleet)).shards)).toEqual(SHARDS.map(() => 'UP_TO_DATE'));
  });

  it('is given up, and the copies dropped, by a run of the release before', async () => {
    const fleet = await startOld();
    let taken: ReturnType<typeof run> | null = null;
    fleet.after = ({ method }) => {
      if (method !== 'workOnMigrations' || taken) return;
      const plan = migrationPlan(before.bundle, before.model);
      taken = fleet.catalog.migrate({ protocol: PROTOCOL, plan, insists: true });
    };
    const given = await fleet.catalog.migrate({ ...asked, insists: true, atOnce: 1 });
    expect(states(given.shards)).toEqual(['PENDING', 'COPYING', 'COPYING', 'COPYING']);
    expect(given.applied).toBe(0);
    expect(states((await taken!).shards)).toEqual(SHARDS.map(() => 'UP_TO_DATE'));
    for (const shard of SHARDS) {
      expect(await fleet.rows(shard, "SELECT name FROM sqlite_master WHERE name LIKE '%copy%'")).toEqual([]);
      expect(await fleet.create(shard, 'Parent', 'z', { title: null })).toMatchObject({ status: 'OK' });
    }
  });

  it('changes no shard if the rows of one do not fit, or it is lost; and goes on where it was', async () => {
    const fleet = await startOld();
    await fleet.create('shard-2', 'Parent', 'untitled', { title: null });
    const refused = await run(fleet);
    expect(states(refused.shards)).toEqual(['PENDING', 'PENDING', 'REFUSED', 'PENDING']);
    expect(refused.shards[2]!.problems).toMatchObject([{ kind: 'NOT_NULL', table: 'parents', rows: null }]);
    await fleet.rows('shard-2', "UPDATE parents SET title = 'mended' WHERE title IS NULL");
    fleet.before = ({ to, method }) => {
      if (to === 'shard-2' && method === 'workOnMigrations') throw new Error('database or disk is full: SQLITE_FULL');
    };
    fleet.deploy(after);
    const full = await run(fleet);
    expect(states(full.shards)).toEqual(['PENDING', 'PENDING', 'UNREACHABLE', 'PENDING']);
    expect(full.shards[2]!.problems[0]!.message).toMatch(/^Expected a shard with room/);
    fleet.before = ({ to }) => {
      if (to === 'shard-1') throw new Error('Durable Object exceeded its CPU time limit and was reset.');
    };
    const slow = await run(fleet);
    expect(slow.shards[1]!.problems[0]!.message).toMatch(/^Expected a migration within the CPU time of a call/);
    for (const shard of SHARDS) {
      expect((await fleet.rows(shard, 'SELECT tag FROM _migrations')).flat()).toEqual(['0000_init']);
    }
    fleet.before = () => {};
    expect(states((await run(fleet)).shards)).toEqual(SHARDS.map(() => 'UP_TO_DATE'));
  });
});
