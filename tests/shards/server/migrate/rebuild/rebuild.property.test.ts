import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowOperation } from '../../../../../src/shards/operation.ts';
import { PlanRunner } from '../../../../../src/shards/server/read/run/plan-runner.ts';
import { propertyRuns } from '../../../../support/property-runs.ts';
import { inNewShard, LabShard } from '../../lab-shard.ts';
import {
  crashingAfter,
  create,
  migrate,
  migratorOf,
  NEXT_VALUES,
  nextModel,
  nextPlan,
  oldBundle,
  oldModel,
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

const ITEMS = 'SELECT tenant, id, shop, name, amount, note, _version FROM items ORDER BY tenant, id';

type Event = { readonly operation: RowOperation } | 'step' | 'crash';

/** Goes through a story, and holds what the rebuild leaves to what one statement would. `sabotage`: spoils the shard after each step. */
const live = (
  before: readonly RowOperation[],
  events: readonly Event[],
  sabotage: (shard: LabShard) => void = () => {},
) =>
  inNewShard(oldModel, oldBundle, async (shard) => {
    const old = [oldModel, oldBundle] as const;
    // As in every shard that has published: the platform then has tables of its own in the database.
    await shard.state.storage.setAlarm(Date.now() + 3_600_000);
    await shard.state.storage.deleteAlarm();
    shard.write('t:t', [create('Shop', 's0', {})]);
    shard.write('t:t', [create('Shop', 's1', {})]);
    for (const operation of before) shard.write('t:t', [operation]);
    for (const each of events) {
      if (each === 'step') await migratorOf(shard, old).work(nextPlan);
      else if (each === 'crash') {
        await unlessCrashed(migratorOf(shard, old, SMALL, crashingAfter(shard.state.storage, 0)).work(nextPlan));
      } else expect(['OK', 'FAILED']).toContain(shard.write('t:t', [each.operation]).status);
      sabotage(shard);
    }
    const rows = shard.rows(ITEMS);
    const expected = shard.rows(`SELECT ${NEXT_VALUES} FROM items ORDER BY tenant, id`);
    const parts = shard.rows('SELECT * FROM parts ORDER BY id');
    const lastSeq = shard.value('SELECT coalesce(max(seq), 0) FROM _log') as number;
    const lastVersion = shard.state.clock.last;

    // The next release, which dies in the middle of all that it does.
    for (const transactions of [1, 2, 3, 5]) {
      await unlessCrashed(migrate(shard, crashingAfter(shard.state.storage, transactions)));
    }
    expect(await migrate(shard)).toMatchObject({ state: 'UP_TO_DATE', problems: [] });
    const found = shard.rows(ITEMS);
    expect(found.map((row) => row.slice(0, 6))).toEqual(expected.map((row) => row.slice(0, 6)));
    expect(shard.rows('SELECT * FROM parts ORDER BY id')).toEqual(parts);
    for (const [at, row] of found.entries()) {
      const isChanged = row[4] !== null || rows[at]![5] === null;
      if (isChanged) expect(row[6]).toBeGreaterThan(lastVersion);
      else expect(row[6]).toBe(rows[at]![6]);
    }
    const changed = found.filter((row, at) => row[6] !== rows[at]![6]).length;
    const logged = shard.rows('SELECT op, "table", schema, count(*) FROM _log WHERE seq > ? GROUP BY 1, 2, 3', lastSeq);
    expect(logged).toEqual(changed === 0 ? [] : [['update', 'items', '0000_init', changed]]);
    expect(shard.rows('PRAGMA foreign_key_check')).toEqual([]);
    expect(shard.value('PRAGMA foreign_keys')).toBe(1);
    expect(schemaOf(shard)).toEqual(SCHEMA);
    expect(shard.rows('SELECT name FROM _rebuilds UNION ALL SELECT name FROM _rebuild_rows')).toEqual([]);
    const renewed = new LabShard({ ...shard.state, model: nextModel, plans: new PlanRunner(nextModel) }, 'renewed');
    expect(renewed.write('t:t', [create('Shop', 'z', {}), create('Item', 'z', { note: 'n' })]).status).toBe('OK');
  });

describe('a rebuild in steps', () => {
  it('leaves the rows that one statement would, whatever is written and lost in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 30 }), fc.array(event, { maxLength: 60 }), (before, events) =>
        live(before, events),
      ),
      propertyRuns(10),
    );
  });

  const before = ['i0', 'i1', 'i2'].map((at) => create('Item', at, { name: at, note: 'a' }));

  it.each([
    ['changed', update('Item', 'i0', { note: 'b' }), '_copy_update_items'],
    ['deleted', remove('Item', 'i1'), '_copy_delete_items'],
    ['inserted again', create('Item', 'i1', { name: 'new' }), '_copy_insert_items'],
  ])('would be told to lose a row that is %s between two steps', async (_, operation, trigger) => {
    const events: Event[] = ['step', 'step', { operation: remove('Item', 'i2') }, { operation }];
    if (trigger === '_copy_insert_items') events.splice(3, 0, { operation: remove('Item', 'i1') });
    await live(before, events);
    const loses = live(before, events, (shard) => shard.sql.exec(`DROP TRIGGER IF EXISTS ${trigger}`));
    await expect(loses).rejects.toThrow();
  });
});

const SCHEMA = [
  'index items_by_amount items',
  'index items_by_name items',
  'index items_by_shop items',
  'index sqlite_autoindex_items_1 items',
  'index sqlite_autoindex_parts_1 parts',
  'index sqlite_autoindex_shops_1 shops',
  'table items items',
  'table parts parts',
  'table shops shops',
  ...['items', 'parts', 'shops'].map((table) => `trigger _log_delete_${table} ${table}`),
  ...['items', 'parts', 'shops'].map((table) => `trigger _log_insert_${table} ${table}`),
  ...['items', 'parts', 'shops'].map((table) => `trigger _log_update_${table} ${table}`),
  ...['items', 'parts', 'shops'].map((table) => `trigger _log_version_${table} ${table}`),
];
