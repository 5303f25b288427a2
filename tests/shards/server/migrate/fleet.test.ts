import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrationPlan } from '../../../../src/shards/migration-plan.ts';
import { PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import type { ShardStatus } from '../../../../src/shards/protocol/shard-rpc.ts';
import { Fleet, type Release, SHARDS } from './fleet-lab.ts';
import { bundleOf, init, mendedRebuild, newModel, oldModel, rebuild, rebuildBack } from './migration-lab.ts';

const before: Release = { model: oldModel, bundle: bundleOf(oldModel, init) };
const after: Release = { model: newModel, bundle: bundleOf(newModel, init, rebuild) };

const edited: Release = { model: newModel, bundle: bundleOf(newModel, init, mendedRebuild) };
const reverted: Release = { model: oldModel, bundle: bundleOf(oldModel, init, rebuild, rebuildBack) };

const FAILING = 'shard-2';
const OTHERS = SHARDS.filter((shard) => shard !== FAILING);

const planOf = ({ model, bundle }: Release) => ({ protocol: PROTOCOL, plan: migrationPlan(bundle, model) });
const run = (fleet: Fleet, release: Release) => fleet.catalog.migrate({ ...planOf(release), insists: true });
const check = (fleet: Fleet, release: Release) => fleet.catalog.checkMigrations(planOf(release));

/** Four shards of the old release with rows, of which those in {@link FAILING} do not fit the new one. */
async function startOld(): Promise<Fleet> {
  const fleet = await Fleet.start(before);
  for (const shard of SHARDS) {
    await fleet.create(shard, 'Parent', 'a', { title: `of ${shard}` });
    await fleet.create(shard, 'Child', 'c', { parent: 'a' });
  }
  await spoil(fleet);
  return fleet;
}

const spoil = (fleet: Fleet) => fleet.create(FAILING, 'Parent', 'untitled', { title: null });

const titles = (fleet: Fleet, shard: string) => fleet.rows(shard, 'SELECT id, title FROM parents ORDER BY id');
const applied = async (fleet: Fleet, shard: string) =>
  (await fleet.rows(shard, 'SELECT tag FROM _migrations WHERE skipped = 0 ORDER BY seq')).flat();

/** Every shard answers, and has kept its rows. */
async function expectAllToServe(fleet: Fleet, title: string | null): Promise<void> {
  for (const shard of SHARDS) {
    expect(await fleet.create(shard, 'Child', `of ${shard}`, { parent: 'a' })).toMatchObject({ status: 'OK' });
    expect(await titles(fleet, shard)).toEqual([
      ['a', `of ${shard}`],
      ...(shard === FAILING ? [['untitled', title]] : []),
    ]);
    expect(await fleet.rows(shard, 'SELECT id FROM children ORDER BY id')).toEqual([['c'], [`of ${shard}`]]);
  }
}

/** Between check and application, a row arrives that does not fit: three shards commit, the fourth cannot. */
async function strand(): Promise<Fleet> {
  const fleet = await Fleet.start(before);
  for (const shard of SHARDS) {
    await fleet.create(shard, 'Parent', 'a', { title: `of ${shard}` });
    await fleet.create(shard, 'Child', 'c', { parent: 'a' });
  }
  fleet.deploy(after);
  let isSpoilt = false;
  fleet.before = async ({ to, method }) => {
    if (method !== 'applyMigrations' || isSpoilt) return;
    isSpoilt = true;
    const tenant = fleet.tenantOf(FAILING);
    await fleet.rows(FAILING, `INSERT INTO parents (tenant, id) VALUES ('${tenant}', 'untitled')`);
    expect(SHARDS).toContain(to);
  };
  await run(fleet, after);
  fleet.before = () => {};
  return fleet;
}

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe('a migration that fails in one of four shards', () => {
  it('is applied in none, whichever shard is asked first; requests are refused without a word on rows or SQL', async () => {
    const fleet = await startOld();
    fleet.deploy(after);
    for (const shard of SHARDS) {
      const answer = await fleet.create(shard, 'Child', 'new', { parent: 'a' });
      expect(answer).toMatchObject({
        status: 'REFUSED',
        error: { code: 'MIGRATION_FAILED', details: { retryable: true, retryAfterMs: expect.any(Number) } },
      });
      expect(JSON.stringify(answer)).toContain('shardql -- migrate status');
      expect(JSON.stringify(answer)).not.toMatch(/untitled|title|parents|INSERT|0001/);
    }
    for (const shard of SHARDS) expect(await applied(fleet, shard)).toEqual(['0000_init']);
  });

  it('is told by shard, migration, statement, constraint and row', async () => {
    const fleet = await startOld();
    const { shards } = await check(fleet, after);
    expect(shards.map(({ shard, state, pending }) => [shard, state, pending])).toEqual(
      SHARDS.map((shard) => [shard, shard === FAILING ? 'REFUSED' : 'PENDING', ['0001_rebuild']]),
    );
    expect(shards.flatMap(({ problems }) => problems)).toEqual([
      {
        kind: 'NOT_NULL',
        tag: '0001_rebuild',
        statement: 3,
        statements: 6,
        sql: 'INSERT INTO `__new_parents`("tenant", "id", "title", "_version") SELECT "tenant" …',
        table: 'parents',
        constraint: 'title',
        rows: 1,
        keys: [{ tenant: fleet.tenantOf(FAILING), id: 'untitled' }],
        message: 'Expected every row of parents to have a value in title, but got NULL.',
      },
    ]);
  });

  it('is logged by shard, statement and constraint, without keys of rows, unless it was asked for', async () => {
    const fleet = await startOld();
    fleet.deploy(after);
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    await run(fleet, after);
    expect(logged).not.toHaveBeenCalled();
    fleet.crash();
    await fleet.create('shard-0', 'Child', 'x', {});
    const lines = logged.mock.calls.map(([line]) => JSON.parse(line as string));
    expect(lines).toEqual([
      expect.objectContaining({
        event: 'migration-failed',
        shard: FAILING,
        tag: '0001_rebuild',
        constraint: 'title',
        rows: 1,
      }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('untitled"');
  });

  it('way back 1: the old release, deployed again, serves all shards, and can mend the rows', async () => {
    const fleet = await startOld();
    fleet.deploy(after);
    await run(fleet, after);
    fleet.deploy(before);
    await expectAllToServe(fleet, null);
    await fleet.write(FAILING, [
      {
        kind: 'update',
        table: 'Parent',
        key: { columns: ['tenant', 'id'], values: [fleet.tenantOf(FAILING), 'untitled'] },
        set: { title: 'mended' },
        within: null,
        atomic: {},
        expectedVersion: null,
        select: null,
      },
    ]);
    for (const shard of SHARDS) await fleet.rows(shard, "DELETE FROM children WHERE id LIKE 'of%'");
    fleet.deploy(after);
    await expectAllToServe(fleet, 'mended');
  });

  it('way back 2: the migration, edited, runs everywhere', async () => {
    const fleet = await startOld();
    fleet.deploy(after);
    await run(fleet, after);
    fleet.deploy(edited);
    await expectAllToServe(fleet, 'mended');
    for (const shard of SHARDS) expect(await applied(fleet, shard)).toEqual(['0000_init', '0001_rebuild']);
  });

  it('way back 3: a further migration that takes it back is run nowhere, as nothing was applied', async () => {
    const fleet = await startOld();
    fleet.deploy(after);
    await run(fleet, after);
    fleet.deploy(reverted);
    const { shards } = await check(fleet, reverted);
    for (const shard of shards) {
      expect(shard).toMatchObject({ state: 'PENDING', pending: [], skipped: ['0001_rebuild', '0002_back'] });
    }
    await expectAllToServe(fleet, null);
    for (const shard of SHARDS) expect(await applied(fleet, shard)).toEqual(['0000_init']);
  });
});

describe('a migration that some shards have, and one cannot apply', () => {
  it('is told by the name of the shard, and neither release is given out for one that serves all', async () => {
    const fleet = await strand();
    const { shards } = await check(fleet, after);
    expect(shards.map(({ state }) => state)).toEqual(['UP_TO_DATE', 'UP_TO_DATE', 'REFUSED', 'UP_TO_DATE']);
    fleet.deploy(before);
    const told = (await check(fleet, before)).shards.filter(({ state }) => state === 'REFUSED');
    expect(told.map(({ shard }) => shard)).toEqual(OTHERS);
    expect(told[0]!.problems[0]).toMatchObject({ kind: 'HISTORY', tag: '0001_rebuild' });
    expect(told[0]!.problems[0]!.message).toContain('Deploy the release that has it');
    expect(await fleet.create('shard-0', 'Child', 'x', {})).toMatchObject({ status: 'REFUSED' });
  });

  it('may be edited: the shards that have it stay as they are, and the one that lacks it runs the edited one', async () => {
    const fleet = await strand();
    fleet.deploy(edited);
    await expectAllToServe(fleet, 'mended');
    expect(await fleet.rows('shard-0', 'SELECT hash FROM _migrations ORDER BY seq')).toEqual([
      ['hash of 0000'],
      ['hash of 0001'],
    ]);
    expect((await check(fleet, edited)).shards.map(({ state }) => state)).toEqual(SHARDS.map(() => 'UP_TO_DATE'));
  });

  it('may be replaced by another that ends in the same tables', async () => {
    const fleet = await strand();
    const other: Release = {
      model: newModel,
      bundle: bundleOf(newModel, init, { ...mendedRebuild, tag: '0001_better' }),
    };
    fleet.deploy(other);
    await expectAllToServe(fleet, 'mended');
    expect(await applied(fleet, 'shard-0')).toEqual(['0000_init', '0001_rebuild']);
    expect(await applied(fleet, FAILING)).toEqual(['0000_init', '0001_better']);
  });

  it('may be taken back: the shards that have it run the way back, the one that lacks it runs neither', async () => {
    const fleet = await strand();
    fleet.deploy(reverted);
    await expectAllToServe(fleet, null);
    expect(await applied(fleet, 'shard-0')).toEqual(['0000_init', '0001_rebuild', '0002_back']);
    expect(await applied(fleet, FAILING)).toEqual(['0000_init']);
    for (const shard of SHARDS) await fleet.rows(shard, "DELETE FROM children WHERE id LIKE 'of%'");
    // The tables are those of the old release again, so that it runs too.
    fleet.deploy(before);
    await expectAllToServe(fleet, null);
  });
});

describe('migrating the fleet', () => {
  const mendAll = (fleet: Fleet) => fleet.rows(FAILING, "UPDATE parents SET title = 'mended' WHERE title IS NULL");
  const count = (fleet: Fleet, method: string) => fleet.calls.filter((call) => call.method === method).length;

  it('is done once for all who ask at the same time, and each waits only for its own shard', async () => {
    const fleet = await startOld();
    await mendAll(fleet);
    fleet.deploy(after);
    fleet.calls.length = 0;
    const answers = await Promise.all(
      [...SHARDS, ...SHARDS, ...SHARDS].map((shard, index) =>
        fleet.create(shard, 'Child', `n${index}`, { parent: 'a' }),
      ),
    );
    expect(answers.every(({ status }) => status === 'OK')).toBe(true);
    // The first one that has migrated is asked once more.
    expect([count(fleet, 'checkMigrations'), count(fleet, 'applyMigrations')]).toEqual([5, 4]);
  });

  it('begins with one shard, and with the others only once that says that it is well, as many at once as is asked for', async () => {
    for (const atOnce of [1, 2, 16]) {
      const fleet = await startOld();
      await mendAll(fleet);
      fleet.deploy(after);
      const applied: string[] = [];
      let [running, most] = [0, 0];
      fleet.before = ({ method, to }) => {
        if (method !== 'applyMigrations' && method !== 'checkMigrations') return;
        most = Math.max(most, ++running);
        if (method === 'applyMigrations')
          expect(applied.length === 0 || applied.includes('shard-0 looked at')).toBe(true);
        if (method === 'applyMigrations') applied.push(to);
        else if (applied.length > 0) applied.push(`${to} looked at`);
      };
      fleet.after = ({ method }) => {
        if (method === 'applyMigrations' || method === 'checkMigrations') running--;
      };
      await fleet.catalog.migrate({ ...planOf(after), insists: true, atOnce });
      expect(applied.slice(0, 2)).toEqual(['shard-0', 'shard-0 looked at']);
      expect(applied.slice(2).sort()).toEqual(SHARDS.slice(1));
      expect(most).toBe(Math.min(atOnce, SHARDS.length));
      fleet.before = () => {};
      fleet.after = () => {};
      await expectAllToServe(fleet, 'mended');
    }
  });

  it.each([
    ['refuses', 'REFUSED', 1],
    ['is lost', 'UNREACHABLE', 1],
    ['is lost once it has migrated', 'UNREACHABLE', 2],
  ] as const)(
    'changes no other shard if the first one %s, and goes on in the next run',
    async (_, state, callOfFirst) => {
      const fleet = await startOld();
      await mendAll(fleet);
      fleet.deploy(after);
      let calls = 0;
      fleet.before = async ({ to, method }) => {
        if (to !== 'shard-0' || (method !== 'applyMigrations' && calls === 0)) return;
        if (++calls !== callOfFirst) return;
        if (state === 'UNREACHABLE') throw new Error('Network connection lost.');
        await fleet.rows(to, `INSERT INTO parents (tenant, id) VALUES ('${fleet.tenantOf(to)}', 'untitled')`);
      };
      const report = await run(fleet, after);
      expect(report.shards.map((shard) => shard.state)).toEqual([state, 'PENDING', 'PENDING', 'PENDING']);
      for (const shard of SHARDS.slice(1)) expect(await applied(fleet, shard)).toEqual(['0000_init']);
      fleet.before = () => {};
      await fleet.rows('shard-0', "UPDATE parents SET title = 'mended' WHERE title IS NULL");
      expect((await run(fleet, after)).shards.every((shard) => shard.state === 'UP_TO_DATE')).toBe(true);
    },
  );

  it('takes for the first one a shard that runs the release, wherever in the map it is', async () => {
    const fleet = await startOld();
    await mendAll(fleet);
    fleet.deploy(after, ['shard-2', 'shard-3']);
    const order: string[] = [];
    fleet.before = ({ to, method }) => {
      if (method === 'applyMigrations' || order.length > 0) order.push(`${method} ${to}`);
    };
    const { shards } = await run(fleet, after);
    expect(shards.map(({ state }) => state)).toEqual(['PENDING', 'PENDING', 'UP_TO_DATE', 'UP_TO_DATE']);
    expect(order).toEqual([
      'applyMigrations shard-0',
      'applyMigrations shard-1',
      'applyMigrations shard-2',
      'checkMigrations shard-2',
      'applyMigrations shard-3',
    ]);
  });

  it('asks nobody where all is new, or where nothing is pending', async () => {
    const fleet = await Fleet.start(after);
    await fleet.create('shard-0', 'Parent', 'a', {});
    fleet.deploy(after);
    await fleet.create('shard-0', 'Parent', 'b', {});
    expect(count(fleet, 'migrate')).toBe(0);
  });

  it('is tried again ever less often, and then asks those alone that refused', async () => {
    const fleet = await startOld();
    fleet.deploy(after);
    await fleet.create('shard-0', 'Child', 'x', {});
    fleet.calls.length = 0;
    for (const shard of SHARDS) await fleet.create(shard, 'Child', 'x', {});
    expect(count(fleet, 'checkMigrations')).toBe(0);
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + 2_000);
    await fleet.create('shard-0', 'Child', 'x', {});
    expect(fleet.calls.filter(({ method }) => method === 'checkMigrations').map(({ to }) => to)).toEqual([FAILING]);
    await mendAll(fleet);
    vi.spyOn(Date, 'now').mockReturnValue(now + 20_000);
    await expectAllToServe(fleet, 'mended');
  });

  it('commits nowhere while a shard cannot be asked: one that is down, or runs a release without the question', async () => {
    for (const [reason, message] of [
      ['Network connection lost.', /^Expected an answer, but got: Network connection lost\.$/],
      ['The RPC receiver does not implement the method "checkMigrations".', /runs a release without this question/],
      // F38: what the platform throws when the database may grow no more.
      ['database or disk is full: SQLITE_FULL', /^Expected a shard with room for the migration, but got [^_]+$/],
    ] as const) {
      const fleet = await startOld();
      await mendAll(fleet);
      fleet.deploy(after);
      fleet.before = ({ to, method }) => {
        if (to === 'shard-1' && method === 'checkMigrations') throw new Error(reason);
      };
      const { shards } = await run(fleet, after);
      expect(shards[1]).toMatchObject({
        state: 'UNREACHABLE',
        problems: [{ kind: 'UNREACHABLE', message: expect.stringMatching(message) }],
      });
      for (const shard of SHARDS) expect(await applied(fleet, shard)).toEqual(['0000_init']);
      fleet.before = () => {};
      expect((await run(fleet, after)).shards.every(({ state }) => state === 'UP_TO_DATE')).toBe(true);
    }
  });

  it('goes on while a deploy rolls out: shards of the old release are checked and serve on, and migrate when they start anew', async () => {
    const fleet = await startOld();
    fleet.deploy(after, ['shard-0']);
    expect(await fleet.create('shard-0', 'Child', 'x', {})).toMatchObject({ status: 'REFUSED' });
    expect(await fleet.create(FAILING, 'Child', 'x', { parent: 'untitled' })).toMatchObject({ status: 'OK' });
    await mendAll(fleet);
    const { shards } = await run(fleet, after);
    expect(shards.map(({ state }) => state)).toEqual(['UP_TO_DATE', 'PENDING', 'PENDING', 'PENDING']);
    for (const shard of OTHERS)
      expect(await fleet.create(shard, 'Child', 'x', { parent: 'a' })).toMatchObject({ status: 'OK' });
    fleet.calls.length = 0;
    fleet.deploy(after, OTHERS.slice(1));
    for (const shard of SHARDS)
      expect(await fleet.create(shard, 'Child', 'y', { parent: 'a' })).toMatchObject({ status: 'OK' });
    expect(count(fleet, 'checkMigrations')).toBe(0);
    expect((await check(fleet, after)).shards.map(({ state }) => state)).toEqual([
      'UP_TO_DATE',
      'UP_TO_DATE',
      'PENDING',
      'UP_TO_DATE',
    ]);
  });

  it('never lets a request of a serving shard run while it tries a plan without foreign keys', async () => {
    const fleet = await startOld();
    await mendAll(fleet);
    const checks = fleet.shard('shard-0').checkMigrations(planOf(after));
    const orphan = await fleet.create('shard-0', 'Child', 'orphan', { parent: 'nobody' });
    expect(orphan).toMatchObject({ status: 'FAILED', error: { code: 'FOREIGN_KEY_VIOLATION' } });
    expect(await checks).toMatchObject({ state: 'PENDING' });
  });

  it('F42: killed before or after any call, it is gone on with by the next start, and no shard commits before all are checked', async () => {
    for (let killAt = 0; ; killAt++) {
      const fleet = await startOld();
      await mendAll(fleet);
      fleet.deploy(after);
      let calls = 0;
      const kill = () => {
        if (calls++ !== killAt) return;
        fleet.crash();
        throw new Error('killed');
      };
      const checked = new Set<string>();
      fleet.before = ({ method }) => {
        if (method === 'applyMigrations') expect(checked.size).toBe(SHARDS.length);
        kill();
      };
      fleet.after = ({ to, method }) => {
        if (method === 'checkMigrations') checked.add(to);
        kill();
      };
      await fleet.create('shard-1', 'Child', 'x', { parent: 'a' }).catch(() => {});
      fleet.before = () => {};
      fleet.after = () => {};
      fleet.crash();
      for (const shard of SHARDS) await fleet.rows(shard, "DELETE FROM children WHERE id = 'x'");
      await expectAllToServe(fleet, 'mended');
      for (const shard of SHARDS) expect(await applied(fleet, shard)).toEqual(['0000_init', '0001_rebuild']);
      if (calls <= killAt) break;
    }
  });

  it('gives the rows that it changes a version, which the shard is at from then on', async () => {
    const fleet = await startOld();
    const lastVersion = async () =>
      ((await fleet.shard(FAILING).status({ protocol: PROTOCOL })) as ShardStatus).figures.lastVersion;
    const last = await lastVersion();
    fleet.deploy(edited);
    await run(fleet, edited);
    const [row] = await fleet.rows(FAILING, "SELECT _version FROM parents WHERE id = 'untitled'");
    expect(row![0]).toBeGreaterThan(last);
    expect(await lastVersion()).toBe(row![0]);
  });
});
