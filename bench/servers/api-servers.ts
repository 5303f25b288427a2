import { join } from 'node:path';
import type { Shop } from '../../scripts/demo/shop.ts';
import type { ServerKind } from '../workloads/workload.ts';
import { type ImportFigures, importShop } from './import-shop.ts';
import { type BenchServer, type ServerOptions, startServer } from './start-server.ts';

const LIMITS_CONFIG = join(import.meta.dirname, '../limits/wrangler.toml');

const OPTIONS: Readonly<Record<ServerKind, ServerOptions>> = {
  api: {},
  growing: {},
  'shards-64': { env: { SHARDQL_SHARDS: '64' } },
  'shards-256': { env: { SHARDQL_SHARDS: '256' } },
  'flat-256': { config: join(import.meta.dirname, '../flat/wrangler.toml'), env: { SHARDQL_SHARDS: '256' } },
  limits: { config: LIMITS_CONFIG },
  'exact-limits': { config: LIMITS_CONFIG, env: { SHARDQL_EXACT: 'true' } },
  far: { env: { SHARDQL_KV_DISTANCE_MS: '0' } },
  'kv-only': { config: join(import.meta.dirname, '../kv-only/wrangler.toml') },
};

export interface ApiServer {
  readonly server: BenchServer;
  readonly imported: ImportFigures;
}

/** The servers of the API that workloads need, each with all rows; `api` always. */
export class ApiServers {
  readonly #servers = new Map<ServerKind, ApiServer>();

  async start(kinds: Iterable<ServerKind>, shop: Shop): Promise<void> {
    for (const kind of new Set<ServerKind>(['api', ...kinds])) {
      const server = await startServer(OPTIONS[kind]);
      try {
        this.#servers.set(kind, { server, imported: await importShop(server, shop) });
      } catch (error) {
        await server.stop();
        throw error;
      }
    }
  }

  get(kind: ServerKind): ApiServer {
    return this.#servers.get(kind)!;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(({ server }) => server.stop()));
  }
}
