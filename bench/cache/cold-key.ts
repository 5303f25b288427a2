import { CACHED_CUSTOMER_BY_ID } from '../workloads/queries.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import type { ApiClient } from './api-client.ts';

export interface ColdKey {
  readonly readers: number;
  /** Times that the shard was asked. */
  readonly fills: number;
}

const READERS = 10_000;

/** So many readers of one row at once that nobody has read before. Throws if one of them gets an error. */
export async function measureColdKey(client: ApiClient, { shop }: ShopIndex): Promise<ColdKey> {
  const { tenant_id: tenant, id } = shop.customers.at(-1)!;
  const fills = () => client.metric('shardql_cache_events_total', { event: 'fill' });
  const before = await fills();
  await Promise.all(Array.from({ length: READERS }, () => client.ask(CACHED_CUSTOMER_BY_ID, { tenant, id })));
  return { readers: READERS, fills: (await fills()) - before };
}
