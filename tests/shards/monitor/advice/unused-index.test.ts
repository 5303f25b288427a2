import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import demo from '../../../../src/schema/model.ts';
import { IndexUses } from '../../../../src/shards/monitor/advice/index-uses.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { IncidentLab } from '../../../support/monitor/incident-lab.ts';

const HOUR_MS = 3_600_000;
const T0 = Date.UTC(2026, 0, 1);

beforeEach(() => {
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockReturnValue(undefined);
});
afterEach(() => void vi.restoreAllMocks());

describe('uses of indexes', () => {
  const inLab = (test: (open: () => IndexUses) => void) =>
    runInDurableObject(env.LAB.getByName(crypto.randomUUID()), (_, { storage }) =>
      test(() => new IndexUses(new SqlSession(storage.sql), demo)),
    );
  const names = (uses: IndexUses, hours: number) => uses.unused(hours).map(({ index }) => index);

  it('are of hours in which anything was asked, and survive an eviction', () =>
    inLab((open) => {
      open().add([], T0);
      // A week asleep.
      open().add([], T0 + 168 * HOUR_MS);
      expect(names(open(), 2)).toEqual([]);
      expect(names(open(), 1)).toContain('orders_by_status');
      open().add([{ table: 'Order', columns: ['status'] }], T0 + 169 * HOUR_MS);
      expect(names(open(), 1)).not.toContain('orders_by_status');
      expect(names(open(), 2)).toContain('orders_newest');
    }));

  it('are never missed of what is unique, or what a foreign key needs', () =>
    inLab((open) => {
      for (let hour = 0; hour < 10; hour++) open().add([], T0 + hour * HOUR_MS);
      const unused = names(open(), 1);
      expect(unused).toContain('customers_by_name');
      expect(unused).not.toContain('orders_of_customer');
      const unique = demo.tables.flatMap(({ indexes }) => indexes.filter((each) => each.unique));
      for (const { name } of unique) expect(unused).not.toContain(name);
    }));
});

describe('an index that nothing uses', () => {
  it('is recommended to be dropped after a week of requests, and no longer once a read or a filter of a write uses it', async () => {
    const lab = new IncidentLab();
    await lab.begin(0);
    const hours = async (count: number) => {
      for (let hour = 0; hour < count; hour++) {
        lab.nowMs += HOUR_MS;
        await lab.pass(() => lab.read('acme', `Name ${hour}`));
      }
    };
    const unused = async () => {
      const advice = await lab.monitor.rpc.advice();
      return advice.filter(({ kind }) => kind === 'UNUSED_INDEX').map(({ index }) => index!);
    };
    await hours(160);
    expect(await unused()).toEqual([]);
    await hours(10);
    const found = await unused();
    const named = found.map(({ name }) => name);
    expect(named).not.toContain('customers_by_name');
    expect(named).not.toContain('orders_of_customer');
    expect(found.find(({ name }) => name === 'orders_by_status')).toEqual({
      ...{ name: 'orders_by_status', columns: ['tenantId', 'status', 'createdAt'] },
      drizzle: "index('orders_by_status').on(t.tenantId, t.status, t.createdAt),",
      ...{ ddl: 'DROP INDEX "orders_by_status"', rowsReadNow: null, rowsReadThen: null },
    });
    expect(named).toContain('products_by_name');
    const ask = (query: string) =>
      lab.pass(async () => {
        const { errors } = await lab.worker.graphql(query);
        expect(errors).toEqual([]);
      });
    await ask(
      '{ orders(shardKey: "acme", where: { status: { eq: PAID } }, orderBy: [{ totalCents: ASC }]) { nodes { id } } }',
    );
    await ask(
      'mutation { updateProducts(atMost: 9, where: { tenantId: { eq: "acme" }, name: { eq: "Mug" } }, data: { stock: 1 }) { affectedCount } }',
    );
    const left = (await unused()).map(({ name }) => name);
    expect(left).not.toContain('orders_by_status');
    expect(left).not.toContain('products_by_name');
    expect(left.length).toBe(named.length - 2);
  });
});
