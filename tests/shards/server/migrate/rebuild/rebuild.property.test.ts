import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ShardMigration } from '../../../../../src/shards/migration-report.ts';
import type { RowOperation } from '../../../../../src/shards/operation.ts';
import type { RebuildLimits } from '../../../../../src/shards/server/migrate/rebuild/rebuild-steps.ts';
import { PlanRunner } from '../../../../../src/shards/server/read/run/plan-runner.ts';
import { describeRuns, propertyRuns } from '../../../../support/property-runs.ts';
import { inNewShard, LabShard } from '../../lab-shard.ts';
import {
  crashingAfter,
  create,
  INDEXED,
  migrate,
  migratorOf,
  oldBundle,
  oldModel,
  RELEASES,
  type Release,
  remove,
  SMALL,
  schemaOf,
  unlessCrashed,
  update,
} from './rebuild-lab.ts';

const id = fc.integer({ min: 0, max: 19 }).map((number) => `i${number}`);
const shop = fc.constantFrom('s0', 's1', null);
const values = fc.record({
  shop,
  // Names are unique in the next release: mostly they are.
  name: fc.oneof({ weight: 12, arbitrary: fc.uuid() }, { weight: 1, arbitrary: fc.constant(null) }),
  amount: fc.option(fc.integer({ min: -5, max: 5 })),
  note: fc.option(fc.constantFrom('a', 'b')),
});

const write = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(id, values).map(([at, row]) => create('Item', at, row)) },
  { weight: 4, arbitrary: fc.tuple(id, values).map(([at, row]) => update('Item', at, row)) },
  { weight: 1, arbitrary: fc.tuple(id, fc.nat(99)).map(([at, to]) => update('Item', at, { id: `m${to}` })) },
  { weight: 2, arbitrary: id.map((at) => remove('Item', at)) },
  { weight: 1, arbitrary: fc.constantFrom('s0', 's1').map((at) => remove('Shop', at)) },
  { weight: 1, arbitrary: fc.constantFrom('s0', 's1').map((at) => create('Shop', at, {})) },
  { weight: 1, arbitrary: fc.tuple(id, id).map(([at, item]) => create('Part', at, { item })) },
);

/** What happens one after the other: a write by the release before, a step, a step that is lost with the object. */
const event = fc.oneof(
  { weight: 3, arbitrary: write.map((operation) => ({ operation })) },
  { weight: 2, arbitrary: fc.constant('step' as const) },
  { weight: 1, arbitrary: fc.constant('crash' as const) },
);

type Event = { readonly operation: RowOperation } | 'step' | 'crash';

interface Story {
  readonly before: readonly RowOperation[];
  readonly events: readonly Event[];
  readonly kind: keyof typeof RELEASES;
  readonly limits: Partial<RebuildLimits>;
}

const TABLES = ['shops', 'items', 'parts'];
const allOf = (shard: LabShard, table: string) => shard.rows(`SELECT * FROM ${table} ORDER BY tenant, id`);

/** A shard with the same rows, in which the migration is one transaction. Gives what becomes of it. */
const migratedAtOnce = (shard: LabShard, release: Release) => {
  const rows = TABLES.map((table) => allOf(shard, table));
  return inNewShard(oldModel, oldBundle, async (twin) => {
    for (const [at, table] of TABLES.entries()) {
      for (const row of rows[at]!) {
        twin.sql.exec(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`, ...row).toArray();
      }
    }
    twin.state.clock.committed(shard.state.clock.last);
    const seq = lastSeqOf(twin);
    const migrated = await migrate(twin, twin.state.storage, AT_ONCE, release);
    return { migrated, ...outcomeOf(twin, rows[1]!, seq) };
  });
};

const AT_ONCE: Partial<RebuildLimits> = { rowsAtOnce: 1_000, bytesAtOnce: 1e9, rowsIndexedAtOnce: 1_000 };

const lastSeqOf = (shard: LabShard) => shard.value('SELECT coalesce(max(seq), 0) FROM _log') as number;

/** What is to be the same however a migration is made. Row versions are told by whether they are those of before. */
function outcomeOf(shard: LabShard, before: readonly (readonly SqlStorageValue[])[], sinceSeq: number) {
  const versionBefore = new Map(before.map((row) => [row[1], row.at(-1)]));
  const columns = shard.rows("SELECT name FROM pragma_table_info('items') ORDER BY name").flat();
  const items = shard
    .rows(
      `SELECT id, _version, ${columns.filter((name) => name !== '_version').map((name) => `json_array(typeof(${name}), ${name})`)} FROM items ORDER BY id`,
    )
    .map(([id, version, ...others]) => [...others, version === versionBefore.get(id!)]);
  const logged = shard.rows(
    'SELECT op, "table", schema, hex(pk), shard_key FROM _log WHERE seq > ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 4',
    sinceSeq,
  );
  return { items, logged, parts: allOf(shard, 'parts'), schema: schemaOf(shard) };
}

/** Goes through a story, and holds what is left to what one transaction would leave. `sabotage`: spoils the shard after each step. */
const live = ({ before, events, kind, limits }: Story, sabotage: (shard: LabShard) => void = () => {}) =>
  inNewShard(oldModel, oldBundle, async (shard) => {
    const release: Release = RELEASES[kind];
    const old = [oldModel, oldBundle] as const;
    const { storage } = shard.state;
    // As in every shard that has published: the platform then has tables of its own in the database.
    await storage.setAlarm(Date.now() + 3_600_000);
    await storage.deleteAlarm();
    shard.write('t:t', [create('Shop', 's0', {})]);
    shard.write('t:t', [create('Shop', 's1', {})]);
    for (const operation of before) shard.write('t:t', [operation]);
    for (const each of events) {
      if (each === 'step') await migratorOf(shard, old, limits).work(release.plan);
      else if (each === 'crash') {
        await unlessCrashed(migratorOf(shard, old, limits, crashingAfter(storage, 0)).work(release.plan));
      } else expect(['OK', 'FAILED']).toContain(shard.write('t:t', [each.operation]).status);
      sabotage(shard);
    }
    const items = allOf(shard, 'items');
    const [lastSeq, lastVersion] = [lastSeqOf(shard), shard.state.clock.last];
    const { migrated: expected, ...outcome } = await migratedAtOnce(shard, release);

    // The next release, which dies in the middle of all that it does.
    for (const transactions of [1, 2, 3, 5]) {
      await unlessCrashed(migrate(shard, crashingAfter(storage, transactions), limits, release));
    }
    const migrated = await migrate(shard, storage, limits, release);
    expect(migrated.state).toBe(expected.state);
    const told = ({ problems }: ShardMigration) => problems.map(({ kind, table }) => ({ kind, table }));
    expect(told(migrated)).toEqual(told(expected));
    if (migrated.state === 'REFUSED') return;
    expect(outcomeOf(shard, items, lastSeq)).toEqual(outcome);
    expect(shard.rows('SELECT 1 FROM items WHERE _version < 0 OR _version > ?', shard.state.clock.last)).toEqual([]);
    expect(shard.state.clock.last).toBeGreaterThanOrEqual(lastVersion);
    const images = shard.rows("SELECT count(*) FROM _log WHERE seq > ? AND op = 'update' AND image IS NULL", lastSeq);
    expect(images).toEqual([[0]]);
    expect(shard.rows('PRAGMA foreign_key_check')).toEqual([]);
    expect(shard.rows('PRAGMA quick_check')).toEqual([['ok']]);
    expect(shard.value('PRAGMA foreign_keys')).toBe(1);
    expect(shard.rows('SELECT name FROM _rebuilds UNION ALL SELECT name FROM _rebuild_rows')).toEqual([]);
    const { model } = release;
    const renewed = new LabShard({ ...shard.state, model, plans: new PlanRunner(model) }, 'renewed');
    expect(
      renewed.write('t:t', [
        create('Shop', 'z', {}),
        create('Item', 'z', release === RELEASES['a column that goes'] ? {} : { note: 'n' }),
      ]).status,
    ).toBe('OK');
  });

const KINDS = Object.keys(RELEASES) as (keyof typeof RELEASES)[];

const story = fc.record({
  before: fc.array(write, { maxLength: 30 }),
  events: fc.array(event, { maxLength: 60 }),
  kind: fc.constantFrom(...KINDS),
  limits: fc.constantFrom(SMALL, INDEXED),
});

describe('a rebuild in steps', () => {
  const runs = propertyRuns(15);
  it(`leaves what one transaction would, whatever is written and lost in between (${describeRuns(runs)})`, async () => {
    await fc.assert(
      fc.asyncProperty(story, (each) => live(each)),
      runs,
    );
  });

  const before = ['i0', 'i1', 'i2'].map((at) => create('Item', at, { name: at, note: 'a', amount: 1 }));

  describe.each(KINDS)('of %s', (kind) => {
    it.each([
      ['changed', update('Item', 'i0', { note: 'b', amount: 3 }), '_copy_update_items'],
      ['deleted', remove('Item', 'i1'), '_copy_delete_items'],
      ['inserted again', create('Item', 'i1', { name: 'new' }), '_copy_insert_items'],
    ])('would be told to lose a row that is %s between two steps', async (_, operation, trigger) => {
      const events: Event[] = ['step', 'step', { operation: remove('Item', 'i2') }, { operation }];
      if (trigger === '_copy_insert_items') events.splice(3, 0, { operation: remove('Item', 'i1') });
      await live({ before, events, kind, limits: INDEXED });
      const loses = live({ before, events, kind, limits: INDEXED }, (shard) =>
        shard.sql.exec(`DROP TRIGGER IF EXISTS ${trigger}`),
      );
      await expect(loses).rejects.toThrow();
    });
  });
});
