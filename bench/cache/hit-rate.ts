import { Random } from '../../scripts/demo/random.ts';
import model from '../../src/schema/model.ts';
import { rowBucket } from '../../src/shards/stamps.ts';
import { CACHED_CUSTOMER_BY_ID } from '../workloads/queries.ts';
import type { Customer, ShopIndex } from '../workloads/shop-index.ts';
import { updatePhoneOf } from '../workloads/update-phone.ts';
import { makeZipf } from '../workloads/zipf.ts';
import { type ApiClient, inParallel, sourceOf } from './api-client.ts';

export interface HitRate {
  readonly shareOfWrites: number;
  readonly reads: number;
  readonly hits: number;
  /**
   * Hits of a cache of the same rules (lives, buckets, rows that come back with their writes) that has room for everything
   * and hears of each write at once.
   */
  readonly oracleHits: number;
}

const OPERATIONS = 30_000;
const WORKERS = 8;

const { cache } = model.table('Customer');
const [TTL_MS, SWR_MS] = [1_000 * cache.ttlSeconds, 1_000 * cache.swrSeconds];

/** Reads and writes customers by Zipf (0.99), after each has been read once. */
export async function measureHitRate(client: ApiClient, shop: ShopIndex, shareOfWrites: number): Promise<HitRate> {
  const random = new Random(2);
  const { customers } = shop.shop;
  // Ranks and tenants do not go together.
  const ranked = customers.map((customer) => ({ customer, at: random.next() })).sort((a, b) => a.at - b.at);
  const rank = makeZipf(customers.length);
  const operations = Array.from({ length: OPERATIONS }, () => {
    const { customer } = ranked[rank(random.next())]!;
    return { customer, write: random.chance(shareOfWrites) ? updatePhoneOf(customer, random) : null };
  });
  const read = (customer: Customer) =>
    client.ask(CACHED_CUSTOMER_BY_ID, { tenant: customer.tenant_id, id: customer.id });
  await inParallel(customers.length, WORKERS, async (at) => void (await read(customers[at]!)));

  const warmMs = performance.now();
  let reads = 0;
  let hits = 0;
  let oracleHits = 0;
  const changed = new Map<string, number>();
  const filled = new Map<string, { readonly at: number; readonly ms: number }>();
  await inParallel(operations.length, WORKERS, async (at) => {
    const { customer, write } = operations[at]!;
    const bucket = `${customer.tenant_id} ${rowBucket([customer.tenant_id, customer.id])}`;
    if (write !== null) {
      changed.set(bucket, at);
      filled.set(customer.id, { at, ms: performance.now() });
      await client.ask(write.query, write.variables);
      return;
    }
    reads++;
    const entry = filled.get(customer.id) ?? { at: -1, ms: warmMs };
    const ageMs = performance.now() - entry.ms;
    const isHit = entry.at >= (changed.get(bucket) ?? -1) && ageMs < TTL_MS + SWR_MS;
    if (isHit) oracleHits++;
    if (!isHit || ageMs >= TTL_MS) filled.set(customer.id, { at, ms: performance.now() });
    if (sourceOf(await read(customer)) !== 'shard') hits++;
  });
  return { shareOfWrites, reads, hits, oracleHits };
}
