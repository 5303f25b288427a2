import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { auditCommit } from '../../../src/cache/audit/audit-commit.ts';
import type { AuditCount, AuditResult } from '../../../src/shards/audit-count.ts';
import type { Read } from '../../../src/shards/plan/read.ts';
import { sampleChanges } from '../../../src/shards/server/freshness/sample-changes.ts';
import { create, remove, update } from '../../shards/server/shop-rows.ts';
import { cachedModel } from '../../support/cache/lab-cache.ts';
import { customerById, node, ordersOfCustomer, ordersOfTenant, readOf } from '../../support/cache/reads.ts';
import { inShopLab, type LabIsolate, type ShopLab } from '../../support/cache/shop-lab.ts';
import type { SimulatedKv } from '../../support/cache/simulated-kv.ts';

const CUSTOMER = customerById('t1', 'c1');
const ORDERS = ordersOfCustomer('t1', 'c1');
const TREE = ordersOfTenant('t1');

const REVIEW = readOf(node({ table: 'Review', match: ['tenantId', 'id'], columns: ['rating'] }), 't1', ['t1', 'r1']);

const rename = (name: string) => update('Customer', 'c1', { name });
/** Of the customer c1: another row of every list of orders. */
const order = (id: string) => create('Order', { id });

/** A publisher that believes to have put its stamps: after the first ones, which make that anybody keeps answers. */
const DROPPED = (kv: SimulatedKv) => {
  const location = kv.location();
  let puts = 0;
  return { put: async (...put: Parameters<typeof location.put>) => (puts++ === 0 ? location.put(...put) : undefined) };
};

let logged: MockInstance<typeof console.error>;
beforeEach(() => {
  logged = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Reads what is to be cached and writes; gives what an audit of the write finds after `ageMs`, by result. */
async function auditAfter(
  lab: ShopLab,
  reads: readonly Read[],
  operations: Parameters<ShopLab['write']>[0],
  ageMs: number,
  auditor: LabIsolate = lab.isolate(),
) {
  for (const read of reads) await lab.isolate().read(read);
  const version = await lab.write(operations);
  await lab.publish();
  await lab.clock.advance(ageMs);
  return await audit(lab, version, ageMs, auditor);
}

async function audit(lab: ShopLab, version: number, ageMs: number, auditor = lab.isolate()) {
  const found: Partial<Record<AuditResult, number>> = {};
  const shards = {
    sampleChanges: async () => sampleChanges(lab.shard.state, lab.shard.session, version),
    recordAudits: async (_shard: string, counts: readonly AuditCount[]) => {
      for (const { result, count } of counts) found[result] = count;
    },
  };
  await lab.clock.run(auditCommit({ shard: 'lab', version, ageMs }, shards, auditor.audit));
  return found;
}

describe('an audit of a healthy publisher', () => {
  it('finds that rows, lookups and trees that were cached before a write are not served after it', () =>
    inShopLab(cachedModel(), async (lab) => {
      const operations = [rename('New'), order('o2')];
      expect(await auditAfter(lab, [CUSTOMER, ORDERS, TREE], operations, 1_000)).toEqual({ absent: 1, consistent: 3 });
      expect(logged).not.toHaveBeenCalled();
    }));

  it('finds that what was cached after the write holds it', () =>
    inShopLab(cachedModel(), async (lab) => {
      const version = await lab.write([rename('New')]);
      await lab.isolate().read(CUSTOMER);
      expect(await audit(lab, version, 1_000)).toEqual({ consistent: 1 });
    }));

  it('finds nothing where nothing is cached, or the log does not hold the commit', () =>
    inShopLab(cachedModel(), async (lab) => {
      const version = await lab.write([rename('New')]);
      expect(await audit(lab, version, 1_000)).toEqual({ absent: 1 });
      expect(await audit(lab, version + 1, 1_000)).toEqual({});
    }));

  it('has nothing against a lookup that a write does not concern', () =>
    inShopLab(cachedModel(), async (lab) => {
      const other = [
        create('Customer', { id: 'c2', email: 'c2@x.org' }),
        create('Order', { id: 'o2', customerId: 'c2' }),
      ];
      expect(await auditAfter(lab, [ORDERS], other, 5_000)).toEqual({ absent: 2, consistent: 1 });
      expect(logged).not.toHaveBeenCalled();
    }));

  it('tells what a location shows that keeps its copies of the stamps, by age, until they are gone', () =>
    inShopLab(cachedModel(), async (lab) => {
      const auditor = lab.isolate();
      await lab.isolate().read(CUSTOMER);
      await auditor.read(CUSTOMER);
      const version = await lab.write([rename('New')]);
      await lab.publish();
      expect(await audit(lab, version, 1_000, auditor)).toEqual({ inconsistent: 1 });
      await lab.clock.advance(60_000);
      expect(await audit(lab, version, 60_000, auditor)).toEqual({ consistent: 1 });
    }));
});

describe('an audit of a publisher whose stamps are lost', () => {
  it.each<[string, readonly Read[], Parameters<ShopLab['write']>[0], number]>([
    ['a changed row', [CUSTOMER], [rename('New')], 1_000],
    ['a deleted row', [REVIEW], [remove('Review', 'r1')], 1_000],
    ['a lookup', [ORDERS], [order('o2')], 5_000],
    ['a tree', [TREE], [order('o2')], 60_000],
  ])('reports %s', (_name, reads, operations, ageMs) =>
    inShopLab(
      cachedModel(),
      async (lab) => {
        expect(await auditAfter(lab, reads, operations, ageMs)).toMatchObject({ inconsistent: 1 });
        const line = JSON.parse(logged.mock.calls[0]![0] as string);
        expect(line).toMatchObject({ event: 'cache-inconsistency', shard: 'lab', ageMs });
        expect(line.asOf).toBeLessThan(line.version);
        expect(line.shardKeyHash).toMatch(/^[\w-]{43}$/);
        expect(JSON.stringify(line)).not.toMatch(/t1|c1|New/);
      },
      DROPPED,
    ),
  );

  it('does not blame a list for a change that came later', () =>
    inShopLab(
      cachedModel(),
      async (lab) => {
        await lab.isolate().read(ORDERS);
        const version = await lab.write([order('o2')]);
        await lab.write([order('o3')]);
        expect(await audit(lab, version, 1_000)).toEqual({ absent: 1, unclear: 1 });
      },
      DROPPED,
    ));
});
