/** The public entry: makes a Worker of a model. */
import './load-graphql.ts';
import type { CacheSettings } from './cache/settings.ts';
import { handleQueue } from './handle-queue.ts';
import { type AuthenticateSetting, lazyApp } from './http/app.ts';
import type { AuthenticateOptions } from './http/authentication/options.ts';
import type { CorsOptions } from './http/core/cors.ts';
import type { Env } from './http/env.ts';
import type { PersistedOptions } from './http/graphql/persisted-documents.ts';
import type { RequestLimits } from './http/graphql/request-limits.ts';
import { handleRequest } from './http/handle-request.ts';
import type { RateLimitOptions } from './http/rate-limits/options.ts';
import { createRateLimiterClass } from './http/rate-limits/rate-limiter-object.ts';
import type { MigrationBundle, Model } from './model/types.ts';
import type { Extensions } from './schema/extend/define-extensions.ts';
import { ExtensionError } from './schema/extend/extension-error.ts';
import type { CapacitySettings } from './shards/capacity.ts';
import { createCatalogClass } from './shards/catalog/catalog.ts';
import type { RouterSettings } from './shards/client/settings.ts';
import type { LogSettings } from './shards/log-settings.ts';
import { createMonitorClass } from './shards/monitor/monitor.ts';
import { createShardClass } from './shards/server/shard.ts';
import { WORKER_OPTIONS } from './worker-options.ts';

export type { CacheSettings } from './cache/settings.ts';
export type { AuthenticateOptions, CallerClaims, Claims, JwtOptions } from './http/authentication/options.ts';
export type { CorsOptions } from './http/core/cors.ts';
export type { Env } from './http/env.ts';
export type { PersistedManifest, PersistedOptions } from './http/graphql/persisted-documents.ts';
export type { RequestLimits } from './http/graphql/request-limits.ts';
export type { RateLimit, RateLimitOptions } from './http/rate-limits/options.ts';
export { claim } from './model/access/claim.ts';
export { both, owner, readOnly, tenant } from './model/access/shorthands.ts';
export { dateTime, int64, now, ulid } from './model/columns.ts';
export { defineModel } from './model/define-model.ts';
export type { MigrationBundle, Model } from './model/types.ts';
export { defineExtensions, type Extensions } from './schema/extend/define-extensions.ts';
export { ExtensionError } from './schema/extend/extension-error.ts';
export type { CapacitySettings } from './shards/capacity.ts';
export type { RouterSettings } from './shards/client/settings.ts';
export { type ErrorCode, ShardQLError } from './shards/errors.ts';
export type { LogSettings } from './shards/log-settings.ts';

export interface WorkerOptions<Bindings extends Env = Env> {
  /** The default export of the model file. */
  readonly model: Model;
  /** The generated `bundle` of the model's migrations. */
  readonly migrations: MigrationBundle;
  /** Fields of your own: the default export of the extensions file, made by `defineExtensions` for the same model. */
  readonly extensions?: Extensions;
  /**
   * How callers are authenticated: options, or a function of the environment, where secrets are, that returns them. Default: API keys
   * and the operators' token (`SHARDQL_OPERATOR_TOKEN`) only.
   */
  readonly authenticate?: AuthenticateOptions<Bindings> | ((env: Bindings) => AuthenticateOptions<Bindings>);
  /** Pages of which other origins may call `/graphql` from browsers. Default: none; on your own machine, those that it serves. */
  readonly cors?: CorsOptions;
  /**
   * Whether requests may ask for the schema, and errors suggest names of it. Default: on your own machine alone. Operators have it at
   * `/schema`.
   */
  readonly introspection?: boolean;
  /** What one request to `/graphql` may hold, cost and take; absent ones have their defaults. */
  readonly limits?: Partial<RequestLimits>;
  /** How many requests each address and caller may send, and all who share a claim. Default: any number. See docs/rate-limits.md. */
  readonly rateLimits?: RateLimitOptions;
  /** Documents that clients name instead of sending them, and whether there are others. Default: any may be sent. */
  readonly persisted?: PersistedOptions;
  /** Bounds of the router: deadline, calls in flight, fan-out. Absent ones have their defaults. */
  readonly router?: Partial<Omit<RouterSettings, 'shardCount'>>;
  /** How long the shards keep the old values of changes, and how much of them. Default: 7 days, 1 GB. See docs/operating.md. */
  readonly log?: Partial<LogSettings>;
  /** Memory, patience and uncertainties of the cache; see `CacheSettings`. Absent ones have their defaults. */
  readonly cache?: Partial<CacheSettings>;
  /** How large a shard may become, and how it is watched; see `CapacitySettings`. Absent ones have their defaults. */
  readonly capacity?: Partial<CapacitySettings>;
}

const OTHER_MODEL =
  "Expected extensions of the Worker's model, but got those of another. Give defineExtensions and createWorker the same model.";

/**
 * The parts of a Worker: export `handlers` as default, and `Shard` and `Catalog` by their names, so that the bindings
 * `SHARD` and `CATALOG` of wrangler.toml find them; `Monitor`, for `MONITOR`, where capacity is watched; `RateLimiter`, for `RATE_LIMITER`, where rate limits are exact. If the migrations do not lead to the model's tables, every request
 * to a shard is refused with `MIGRATION_FAILED`.
 */
export function createWorker<Bindings extends Env = Env>(options: WorkerOptions<Bindings>) {
  const {
    model,
    migrations,
    extensions,
    authenticate,
    cors,
    introspection,
    limits = {},
    rateLimits,
    persisted,
    router = {},
    cache = {},
    log = {},
    capacity = {},
  } = options;
  if (extensions && extensions.model !== model) throw new ExtensionError([OTHER_MODEL]);
  const appOf = lazyApp({
    model,
    migrations,
    extensions,
    // What the platform binds is what the user declares.
    authenticate: authenticate as AuthenticateSetting | undefined,
    cors,
    introspection,
    limits,
    rateLimits,
    persisted,
    router,
    cache,
  });
  return {
    handlers: {
      fetch: (request, env, execution) => handleRequest(request, env, execution, appOf),
      queue: (batch, env, execution) => handleQueue(batch, env, execution, appOf),
      [WORKER_OPTIONS]: options,
    } satisfies ExportedHandler<Env> & { readonly [WORKER_OPTIONS]: WorkerOptions<Bindings> },
    Shard: createShardClass(model, migrations, { log, capacity }),
    Catalog: createCatalogClass(),
    Monitor: createMonitorClass(capacity),
    RateLimiter: createRateLimiterClass(),
  };
}
