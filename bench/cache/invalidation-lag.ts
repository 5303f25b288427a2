import { Random } from '../../scripts/demo/random.ts';
import { CACHED_CUSTOMER_BY_ID } from '../workloads/queries.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import { updatePhoneOf } from '../workloads/update-phone.ts';
import { type ApiClient, inParallel } from './api-client.ts';

export interface InvalidationLag {
  readonly writesPerSecond: number;
  readonly seconds: number;
  /** Puts of stamps to KV, per write and per second and shard key. */
  readonly putsPerWrite: number;
  readonly putsPerKeySecond: number;
  /** Share of puts within a second of the commit of the first change that they tell of. */
  readonly withinOneSecond: number;
}

const LAG = 'shardql_invalidation_lag_seconds';
const WRITERS = 16;
const SETTLE_MS = 5_000;

/**
 * Writes at a steady rate, through queue, consumer and KV.
 *
 * @param isCached each tenant has been read through the cache before.
 */
export async function measureInvalidationLag(
  client: ApiClient,
  { shop }: ShopIndex,
  {
    isCached,
    perSecond,
    seconds,
  }: { readonly isCached: boolean; readonly perSecond: number; readonly seconds: number },
): Promise<InvalidationLag> {
  const random = new Random(3);
  const firsts = [...new Map(shop.customers.map((customer) => [customer.tenant_id, customer])).values()];
  if (isCached) {
    for (const { tenant_id, id } of firsts) await client.ask(CACHED_CUSTOMER_BY_ID, { tenant: tenant_id, id });
  }
  const before = await counts(client);
  const startMs = performance.now();
  await inParallel(perSecond * seconds, WRITERS, async (at) => {
    const waitMs = startMs + (at * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { query, variables } = updatePhoneOf(random.pick(shop.customers), random);
    await client.ask(query, variables);
  });
  const took = (performance.now() - startMs) / 1_000;
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const after = await counts(client);
  const puts = after.puts - before.puts;
  return {
    writesPerSecond: (perSecond * seconds) / took,
    seconds: took,
    putsPerWrite: puts / (perSecond * seconds),
    putsPerKeySecond: puts / firsts.length / took,
    withinOneSecond: puts === 0 ? 1 : (after.soon - before.soon) / puts,
  };
}

async function counts(client: ApiClient) {
  return { puts: await client.metric(LAG, {}, '_count'), soon: await client.metric(LAG, { le: '1' }, '_bucket') };
}
