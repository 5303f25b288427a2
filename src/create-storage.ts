/** The Durable Objects: everything that keeps rows, or knows where they are. */
import type { DurableObject } from 'cloudflare:workers';
import { createRateLimiterClass } from './http/rate-limits/rate-limiter-object.ts';
import type { MigrationBundle, Model } from './model/types.ts';
import type { MonitorSettings } from './shards/alert-settings.ts';
import type { CapacitySettings } from './shards/capacity.ts';
import { createCatalogClass } from './shards/catalog/catalog.ts';
import type { LogSettings } from './shards/log-settings.ts';
import { createMonitorClass } from './shards/monitor/monitor.ts';
import { createShardClass } from './shards/server/shard.ts';

export interface StorageOptions {
  /** The default export of the model file: the same as the API's. */
  readonly model: Model;
  /** The generated `bundle` of the model's migrations. */
  readonly migrations: MigrationBundle;
  /** How long the shards keep the old values of changes, and how much of them. Default: 7 days, 1 GB. See docs/operating.md. */
  readonly log?: Partial<LogSettings>;
  /** How large a shard may become, and how it is watched; see `CapacitySettings`. Absent ones have their defaults. */
  readonly capacity?: Partial<CapacitySettings>;
  /** What the `Monitor` tells of what is wrong, and whom. */
  readonly monitor?: MonitorSettings;
}

/** A class that the platform makes objects of. Only ShardQL calls what they have. */
// biome-ignore lint/suspicious/noExplicitAny: each takes what its Worker binds, and more.
type ObjectClass = new (ctx: DurableObjectState, env: any) => DurableObject<any>;

export interface Storage {
  readonly handlers: ExportedHandler;
  readonly Shard: ObjectClass;
  readonly Catalog: ObjectClass;
  readonly Monitor: ObjectClass;
  readonly RateLimiter: ObjectClass;
}

/**
 * The classes of the Durable Objects, for a Worker of their own: export `handlers` as default, and `Shard` and `Catalog` by their names;
 * `Monitor`, where capacity is watched; `RateLimiter`, where rate limits are exact. If the migrations do not lead to the model's
 * tables, every request to a shard is refused with `MIGRATION_FAILED`.
 */
export const createStorage = ({
  model,
  migrations,
  log = {},
  capacity = {},
  monitor = {},
}: StorageOptions): Storage => ({
  handlers: NOTHING_TO_SEE,
  Shard: createShardClass(model, migrations, { log, capacity }),
  Catalog: createCatalogClass(),
  Monitor: createMonitorClass({ model, capacity, settings: monitor }),
  RateLimiter: createRateLimiterClass(),
});

/** Objects are reached by bindings. But a Worker without a default export is taken for one of the old kind, and not uploaded. */
const NOTHING_TO_SEE = {
  fetch: () => new Response('Not found. The API is another Worker.\n', { status: 404 }),
} satisfies ExportedHandler;
