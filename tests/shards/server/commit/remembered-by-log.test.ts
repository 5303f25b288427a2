/** Writes of one row, whose answers nobody stores: the log of their commits tells them. */
import { describe, expect, it } from 'vitest';
import type { RowOperation, Selection } from '../../../../src/shards/operation.ts';
import { firstRows } from '../../../../src/shards/plan/page.ts';
import { PROTOCOL_OF } from '../../../../src/shards/protocol/envelope.ts';
import { Outcomes } from '../../../../src/shards/server/commit/outcomes.ts';
import { versionToMs } from '../../../../src/shards/version.ts';
import { nodeOf } from '../../../support/plans.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { below, createRandom, pick, type Random } from '../../../support/random.ts';
import { LabShard } from '../lab-shard.ts';
import { create, oneOfEach, remove, update } from '../shop-rows.ts';
import { inShop, succeed } from './commit-lab.ts';

/** What the shard had in memory is lost. */
const restart = ({ state }: LabShard): LabShard =>
  new LabShard({ ...state, outcomes: new Outcomes() }, crypto.randomUUID());

/** An order with all of its items, and all their versions. */
const ITEMS = {
  key: 'items',
  from: ['tenantId', 'id'],
  node: nodeOf({
    table: 'OrderItem',
    match: ['tenantId', 'orderId'],
    columns: ['id', 'quantity', '#version'],
    page: firstRows([{ column: 'id', descending: false, nullsFirst: true }], 0),
  }),
};
const ORDER: Selection = {
  plan: JSON.stringify(
    nodeOf({
      table: 'Order',
      match: ['tenantId', 'id'],
      columns: ['tenantId', 'id', 'totalCents', '#version'],
      relations: [ITEMS],
    }),
  ),
  values: [100],
};

const selecting = (operation: RowOperation): RowOperation => ({ ...operation, select: ORDER }) as RowOperation;

const upsert = (id: string, totalCents: number): RowOperation => {
  const made = create('Order', { id, totalCents });
  const changed = update('Order', id, { totalCents });
  return { ...changed, kind: 'upsert', create: 'values' in made ? made.values : {} } as RowOperation;
};

const stored = (shard: LabShard) => shard.value('SELECT count(*) FROM _operations');

const runs = propertyRuns(4);

describe('a write of one row whose answer was lost', () => {
  const CASES: readonly (readonly [string, id: string, RowOperation])[] = [
    ['create', 'o2', create('Order', { id: 'o2' })],
    ['update', 'o1', update('Order', 'o1', { totalCents: 7 })],
    ['upsert of a new row', 'o2', upsert('o2', 7)],
    ['upsert of a row that is there', 'o1', upsert('o1', 7)],
    ['delete', 'o1', remove('Order', 'o1')],
  ];

  it.each(CASES)('is answered as it was after a restart, whatever was written meanwhile: %s', async (_, id, made) => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const before = stored(shard);
      const operation = selecting(made);
      const first = shard.write('t:t1', [operation], { operationId: 'lost' });
      expect(first.status).toBe('OK');
      expect(stored(shard)).toBe(before);
      const later = restart(shard);
      if (operation.kind !== 'delete') succeed(later, update('Order', id, { totalCents: 8 }));
      else succeed(later, create('Order', { id, totalCents: 9 }));
      succeed(later, create('OrderItem', { id: 'i2', orderId: id }));
      for (const life of [later, restart(later)]) {
        const retried = life.write('t:t1', [operation], { operationId: 'lost' });
        expect(retried).toMatchObject({ ...first, counts: expect.anything(), touched: expect.anything() });
      }
      expect(later.value('SELECT total_cents FROM orders WHERE id = ?', id)).toBe(operation.kind === 'delete' ? 9 : 8);
    });
  });

  it(`is answered with the same bytes in any history (${describeRuns(runs)})`, async () => {
    for (let run = 0; run < runs.numRuns; run++) await runHistory(createRandom(runs.seed + run));
  });

  it('has its outcome stored where the log cannot tell it', async () => {
    const wall = { ms: Date.UTC(2026, 5, 1) };
    await inShop(
      (shard) => {
        const storesOf = (...[key, operations, changes]: Parameters<LabShard['write']>) => {
          const before = Number(stored(shard));
          expect(shard.write(key, operations, changes)).toMatchObject({ status: 'OK' });
          return Number(stored(shard)) - before;
        };
        expect(storesOf('t:t1', oneOfEach)).toBe(1);
        const rename = update('Customer', 'c1', { name: 'x' });
        expect(storesOf('t:t1', [rename])).toBe(0);
        expect(storesOf('t:t1', [rename, rename])).toBe(1);
        expect(storesOf('t:t1', [update('Customer', 'c1', {})])).toBe(1);
        expect(storesOf('t:t1', [upsert('o1', 5)])).toBe(0);
        const isThere = { ...upsert('o1', 5), unlessEqual: true } as RowOperation;
        expect(storesOf('t:t1', [isThere])).toBe(1);
        expect(storesOf('t:t1', [rename], { rememberedByLog: undefined })).toBe(1);
        const idempotency = { id: crypto.randomUUID(), fingerprint: 'f' };
        expect(storesOf('t:t1', [rename], { idempotency })).toBe(1);
        // Versions run ahead of time.
        wall.ms -= 3_600_000;
        expect(versionToMs(shard.state.clock.last)).toBeGreaterThan(wall.ms);
        expect(storesOf('t:t1', [rename])).toBe(1);
      },
      () => wall.ms,
    );
  });

  it('gives up places of outcomes that a burst has left, one at a time', async () => {
    const wall = { ms: Date.UTC(2026, 5, 1) };
    await inShop(
      (shard) => {
        const rename = update('Customer', 'c1', { name: 'x' });
        for (let count = 0; count < 60; count++) shard.write('t:t1', count === 0 ? oneOfEach : [rename, rename]);
        expect(stored(shard)).toBe(60);
        wall.ms += 600_000;
        for (const left of [59, 58, 57]) {
          shard.write('t:t1', [rename]);
          expect(stored(shard)).toBe(left);
        }
        for (let count = 0; count < 60; count++) restart(shard).write('t:t1', [rename]);
        expect(stored(shard)).toBe(32);
      },
      () => wall.ms,
    );
  });

  it('is found after a restart, however the clock has leapt meanwhile', async () => {
    const wall = { ms: Date.UTC(2026, 5, 1) };
    await inShop(
      (shard) => {
        succeed(shard, ...oneOfEach);
        for (const [time, leapMs] of [7_200_000, -7_200_000, -86_400_000, 10 * 86_400_000].entries()) {
          const send = (life: LabShard) =>
            life.write('t:t1', [update('Order', 'o1', { totalCents: time })], { operationId: `lost-${time}` });
          const first = send(shard);
          wall.ms += leapMs;
          const next = restart(shard);
          succeed(next, update('Customer', 'c1', { name: 'y' }));
          expect(send(next)).toMatchObject({ status: 'OK', version: first.status === 'OK' && first.version });
        }
      },
      () => wall.ms,
    );
  });

  describe('though the clock has leapt past the retry window', () => {
    const LEAP_MS = 200_000;
    const T0 = Date.UTC(2026, 5, 1);
    const update7 = update('Order', 'o1', { totalCents: 7 });

    /** The clock of the shard leaps; that of the router, which names the deadline, does not. */
    function inLeaping(work: (shard: LabShard, leap: () => void, retry: (life: LabShard) => unknown) => void) {
      const wall = { ms: T0 };
      const given = { operationId: 'lost', expiresAtMs: T0 + 10_000 };
      return inShop(
        (shard) => {
          succeed(shard, ...oneOfEach);
          const first = shard.write('t:t1', [update7], given);
          const retry = (life: LabShard) => {
            const again = life.write('t:t1', [update7], { ...given, protocol: PROTOCOL_OF.rememberedWrites });
            expect(again).toMatchObject({ status: 'OK', version: first.status === 'OK' && first.version });
          };
          const leap = () => {
            wall.ms += LEAP_MS;
          };
          work(shard, leap, retry);
          expect(shard.value('SELECT total_cents FROM orders')).toBe(8);
        },
        () => wall.ms,
      );
    }
    const others = (life: LabShard) => succeed(life, update('Order', 'o1', { totalCents: 8 }));

    it('is found in the same life', async () => {
      await inLeaping((shard, leap, retry) => {
        leap();
        others(shard);
        retry(shard);
      });
    });

    it('is found in the next life, which looks back from a commit of after the leap', async () => {
      await inLeaping((shard, leap, retry) => {
        leap();
        others(shard);
        retry(restart(shard));
      });
    });

    it('is found where the clock was behind before', async () => {
      const wall = { ms: T0 - 3_600_000 };
      await inShop(
        (shard) => {
          succeed(shard, ...oneOfEach);
          const given = { operationId: 'lost', expiresAtMs: T0 + 10_000 };
          const first = shard.write('t:t1', [update7], given);
          wall.ms = T0;
          for (let count = 0; count < 20; count++) others(shard);
          const again = restart(shard).write('t:t1', [update7], { ...given, protocol: PROTOCOL_OF.rememberedWrites });
          expect(again).toMatchObject({ status: 'OK', version: first.status === 'OK' && first.version });
        },
        () => wall.ms,
      );
    });

    it('is refused, and not made again, once the log of that time was trimmed', async () => {
      await inLeaping((shard, leap, retry) => {
        leap();
        others(shard);
        shard.rows("DELETE FROM _log WHERE origin = 'lost' RETURNING seq");
        shard.rows('INSERT INTO _log_state VALUES (1, 1, ?, 0, 0, 0, 0, 0) RETURNING 1', shard.state.clock.last - 1);
        expect(() => retry(restart(shard))).toThrow(/not known whether that attempt has written/);
      });
    });
  });

  it('is refused, and not made again, where too much has changed to tell', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const operation = selecting(update('Order', 'o1', { totalCents: 7 }));
      const send = (life: LabShard) => life.write('t:t1', [operation], { operationId: 'lost' });
      send(shard);
      succeed(shard, update('Order', 'o1', { totalCents: 8 }));
      const { state } = shard;
      const renamed = { ...state.migrations[0]!, tag: '9999_later', checks: [{ table: 'orders' }] } as never;
      const migrated = new LabShard({ ...state, outcomes: new Outcomes(), migrations: [...state.migrations, renamed] });
      expect(() => send(migrated)).toThrow(/the answer of an earlier attempt/);
      expect(shard.value('SELECT total_cents FROM orders')).toBe(8);
    });
  });

  it('can be asked for without being made', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const operation = selecting(update('Order', 'o1', { totalCents: 7 }));
      const first = shard.write('t:t1', [operation], { operationId: 'made' });
      const settle = (life: LabShard, operationId: string) =>
        life.write('t:t1', [], { operationId, settles: [operation] });
      expect(settle(restart(shard), 'made')).toMatchObject({ ...first, counts: expect.anything() });
      const nothing = { status: 'OK', results: '[]' };
      expect(settle(shard, 'late')).toMatchObject(nothing);
      // Which makes sure that it never will be.
      expect(shard.write('t:t1', [operation], { operationId: 'late' })).toMatchObject(nothing);
    });
  });
});

/** Writes of one row and of several, restarts, and retries of some of them in the end. */
async function runHistory(random: Random): Promise<void> {
  await inShop((shard) => {
    succeed(shard, ...oneOfEach);
    let life = shard;
    const made: { readonly operationId: string; readonly operation: RowOperation; readonly answer: unknown }[] = [];
    for (let step = 0; step < 40; step++) {
      if (random() < 0.1) life = restart(life);
      const operation = draft(random);
      const operationId = `step-${step}`;
      const answer = life.write('t:t1', [operation], { operationId });
      if (answer.status === 'OK') made.push({ operationId, operation, answer: [answer.version, answer.results] });
      if (random() < 0.2) life.write('t:t1', [draft(random), draft(random)]);
    }
    expect(made.length).toBeGreaterThan(5);
    life = restart(life);
    for (const { operationId, operation, answer } of made) {
      const again = life.write('t:t1', [operation], { operationId });
      expect(again.status === 'OK' && [again.version, again.results]).toEqual(answer);
    }
  });
}

const IDS = ['1', '2', '3'] as const;

function draft(random: Random): RowOperation {
  const [order, item, amount] = [`o${pick(random, IDS)}`, `i${pick(random, IDS)}`, below(random, 100)];
  const at = below(random, 7);
  if (at === 0) return selecting(create('Order', { id: order, totalCents: amount }));
  if (at === 1) return selecting(update('Order', order, { totalCents: amount }));
  if (at === 2) return selecting(remove('Order', order));
  if (at === 3) return create('OrderItem', { id: item, orderId: order, quantity: 1 + amount });
  if (at === 6) return selecting(upsert(order, amount));
  if (at === 4) return update('OrderItem', item, { quantity: 1 + amount });
  return remove('OrderItem', item);
}
