import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApiCell } from './cells/api-cells.ts';
import { makeFloorCells } from './cells/floor-cells.ts';
import { FLOORS_CONFIG, POINT_READ } from './cells/floor-names.ts';
import type { StressOptions } from './options.ts';
import { workerdWithInspector } from './profile/workerd-with-inspector.ts';
import { printLines } from './report/print-lines.ts';
import { describeHotTenant, describeOverload, describeSoak } from './report/stress-goals.ts';
import { importShop } from './servers/import-shop.ts';
import { type BenchServer, freePort, startServer } from './servers/start-server.ts';
import { withShop } from './servers/with-shop.ts';
import { heapAfterCollection } from './stress/heap-after-collection.ts';
import { type HotTenant, measureHotTenant } from './stress/hot-tenant.ts';
import { measureOverload, type Overload } from './stress/overload.ts';
import { type Soak, soak } from './stress/soak.ts';
import { customerById, readCustomer } from './workloads/customer-by-id.ts';
import { mixedReadsAndWrites } from './workloads/mixed-reads-and-writes.ts';
import { newestOrdersOfTenant } from './workloads/newest-orders-of-tenant.ts';
import type { Customer, ShopIndex } from './workloads/shop-index.ts';
import type { Workload } from './workloads/workload.ts';

export interface StressFigures {
  readonly overload: Overload | null;
  readonly hotTenant: HotTenant | null;
  readonly soaks: readonly Soak[];
}

/** How the API bears more than it can do, one caller who takes too much, and time. */
export async function runStress(options: StressOptions, shop: ShopIndex): Promise<StressFigures> {
  const { overloadSeconds, hotTenantSeconds, soakMinutes } = options;
  const overload =
    overloadSeconds &&
    (await withShop(shop, async (server) =>
      measureOverload(server, await requestsOf(server, mixedReadsAndWrites, shop), overloadSeconds),
    ));
  if (overload) printLines(describeOverload(overload));
  const hotTenant =
    hotTenantSeconds &&
    (await withShop(shop, async (server) => {
      const [hottest] = shop.shop.tenants;
      const isHot = ({ tenant_id }: Customer) => tenant_id === hottest!.id;
      const others = await requestsOf(
        server,
        customersWhere('others', (customer) => !isHot(customer)),
        shop,
      );
      const hot = await requestsOf(server, customersWhere('hot', isHot), shop);
      return await measureHotTenant(server, { others, hot }, hotTenantSeconds);
    }));
  if (hotTenant) printLines(describeHotTenant(hotTenant));
  const soaks = soakMinutes ? await soakBoth(shop, soakMinutes * 60) : [];
  printLines(soaks.map(describeSoak));
  return { overload: overload || null, hotTenant: hotTenant || null, soaks };
}

/** Points of one table, of some of its rows. */
const customersWhere = (name: string, isMeant: (customer: Customer) => boolean): Workload => ({
  ...customerById,
  name,
  makeRequest: ({ shop: { customers } }, random) => readCustomer(random.pick(customers.filter(isMeant))),
});

/** The API under a mix of requests, and a Worker with a Durable Object that does as little as can be: what that one grows by is the runtime's own. */
async function soakBoth(shop: ShopIndex, seconds: number): Promise<Soak[]> {
  const api = await soakApi(shop, seconds);
  const floors = await startServer({ config: FLOORS_CONFIG });
  try {
    await importShop(floors, shop.shop);
    const cells = await makeFloorCells(floors, shop);
    const { requests } = cells.find(({ name }) => name === POINT_READ)!;
    return [api, await soak('a bare Worker and Durable Object', floors, requests, seconds)];
  } finally {
    await floors.stop();
  }
}

/** With an inspector, to tell what is held from what is garbage. */
async function soakApi(shop: ShopIndex, seconds: number): Promise<Soak> {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-bench-inspector-'));
  const inspectorPort = await freePort();
  const work = async (server: BenchServer) => {
    const mixed = await requestsOf(server, mixedReadsAndWrites, shop);
    const orders = await requestsOf(server, newestOrdersOfTenant, shop);
    const requests = mixed.flatMap((request, at) =>
      at % 10 === 0 ? [request, orders[at % orders.length]!] : [request],
    );
    return await soak('API', server, requests, seconds, () => heapAfterCollection(server.port, inspectorPort));
  };
  try {
    return await withShop(shop, work, workerdWithInspector(folder, inspectorPort));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const requestsOf = async (server: BenchServer, workload: Workload, shop: ShopIndex): Promise<readonly Buffer[]> =>
  (await makeApiCell(server, workload, shop)).requests;
