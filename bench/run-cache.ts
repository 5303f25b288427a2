import { ApiClient } from './cache/api-client.ts';
import { type ColdKey, measureColdKey } from './cache/cold-key.ts';
import { type HitRate, measureHitRate } from './cache/hit-rate.ts';
import { type InvalidationLag, measureInvalidationLag } from './cache/invalidation-lag.ts';
import { customerTargets, tenantTargets } from './cache/write-targets.ts';
import { describeColdKey, describeHitRate, describeLag } from './report/cache-goals.ts';
import { importShop } from './servers/import-shop.ts';
import { startServer } from './servers/start-server.ts';
import type { ShopIndex } from './workloads/shop-index.ts';

export interface CacheFigures {
  readonly uncachedWrites: InvalidationLag;
  readonly coldKey: ColdKey;
  readonly fewKeys: InvalidationLag;
  readonly manyKeys: InvalidationLag;
  readonly hitRates: readonly HitRate[];
}

const RATE = { perSecond: 200, seconds: 10 };
const MANY_KEYS = 400;

/** What the cache promises beyond speed: how often it answers, how soon it hears, and what it asks of KV and shards. */
export async function runCache(shop: ShopIndex): Promise<CacheFigures> {
  const server = await startServer();
  try {
    await importShop(server, shop.shop);
    const client = new ApiClient(server);
    const customers = customerTargets(shop);
    const uncachedWrites = await measureInvalidationLag(client, customers, { ...RATE, isCached: false });
    console.log(describeLag('nothing cached', uncachedWrites));
    const fewKeys = await measureInvalidationLag(client, customers, { ...RATE, isCached: true });
    console.log(describeLag(`${customers.length} cached shard keys`, fewKeys));
    const tenants = await tenantTargets(client, MANY_KEYS);
    const manyKeys = await measureInvalidationLag(client, tenants, { ...RATE, isCached: true });
    console.log(describeLag(`${tenants.length} cached shard keys`, manyKeys));
    const hitRates: HitRate[] = [];
    for (const share of [0.05, 0.01]) {
      const hitRate = await measureHitRate(client, shop, share);
      console.log(describeHitRate(hitRate));
      hitRates.push(hitRate);
    }
    // Last, since it leaves thousands of connections behind.
    const coldKey = await measureColdKey(client, shop);
    console.log(describeColdKey(coldKey));
    return { uncachedWrites, coldKey, fewKeys, manyKeys, hitRates };
  } finally {
    await server.stop();
  }
}
