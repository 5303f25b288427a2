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

/**
 * The system keeps fewer connections waiting than there are readers, and resets the rest; of those that it keeps, workerd
 * closes the ones whose request it has not begun to read within 15 s. Either way nothing has been answered yet. A server
 * that has died refuses connections.
 */
async function connected<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnanswered((error as Error).cause)) throw error;
    }
  }
}

function isUnanswered(cause: unknown): boolean {
  const { code, socket } = (cause ?? {}) as NodeJS.ErrnoException & { socket?: { bytesRead: number } };
  return code === 'ECONNRESET' || (code === 'UND_ERR_SOCKET' && socket?.bytesRead === 0);
}
