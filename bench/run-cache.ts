import { ApiClient } from './cache/api-client.ts';
import { type ColdKey, measureColdKey } from './cache/cold-key.ts';
import { type HitRate, measureHitRate } from './cache/hit-rate.ts';
import { type InvalidationLag, measureInvalidationLag } from './cache/invalidation-lag.ts';
import { describeColdKey, describeHitRate, describeLag } from './report/cache-goals.ts';
import { importShop } from './servers/import-shop.ts';
import { startServer } from './servers/start-server.ts';
import type { ShopIndex } from './workloads/shop-index.ts';

export interface CacheFigures {
  readonly uncachedWrites: InvalidationLag;
  readonly coldKey: ColdKey;
  readonly cachedWrites: InvalidationLag;
  readonly hitRates: readonly HitRate[];
}

/** What the cache promises beyond speed: how often it answers, how soon it hears, and what it asks of KV and shards. */
export async function runCache(shop: ShopIndex): Promise<CacheFigures> {
  const server = await startServer();
  try {
    await importShop(server, shop.shop);
    const client = new ApiClient(server);
    const uncachedWrites = await measureInvalidationLag(client, shop, { isCached: false, perSecond: 200, seconds: 10 });
    console.log(describeLag('nothing cached', uncachedWrites));
    const coldKey = await measureColdKey(client, shop);
    console.log(describeColdKey(coldKey));
    const cachedWrites = await measureInvalidationLag(client, shop, { isCached: true, perSecond: 200, seconds: 20 });
    console.log(describeLag('all tenants cached', cachedWrites));
    const hitRates: HitRate[] = [];
    for (const share of [0.05, 0.01]) {
      const hitRate = await measureHitRate(client, shop, share);
      console.log(describeHitRate(hitRate));
      hitRates.push(hitRate);
    }
    return { uncachedWrites, coldKey, cachedWrites, hitRates };
  } finally {
    await server.stop();
  }
}
