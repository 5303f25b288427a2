import type { ShopIndex } from '../workloads/shop-index.ts';
import { importShop } from './import-shop.ts';
import { type BenchServer, startServer } from './start-server.ts';

/** Does some work with the API over the shop's rows, which are gone afterwards. `env`: variables of the process that serves it. */
export async function withShop<T>(
  { shop }: ShopIndex,
  work: (server: BenchServer) => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const server = await startServer({ env });
  try {
    await importShop(server, shop);
    return await work(server);
  } finally {
    await server.stop();
  }
}
