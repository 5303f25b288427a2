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
  const read = () => client.ask(CACHED_CUSTOMER_BY_ID, { tenant, id });
  await Promise.all(Array.from({ length: READERS }, () => connected(read)));
  return { readers: READERS, fills: (await fills()) - before };
}

/** The system keeps fewer connections waiting than there are readers, and resets the rest before anything is asked. */
async function connected<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
      if (cause?.syscall !== 'connect') throw error;
    }
  }
}
