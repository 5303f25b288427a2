/** The API: everything but the Durable Objects. */
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
import type { McpOptions } from './http/mcp/options.ts';
import type { MonitoringSettings } from './http/monitoring/monitoring-settings.ts';
import type { RateLimitOptions } from './http/rate-limits/options.ts';
import { memoizeByObject } from './lib/memoize-by-object.ts';
import type { MigrationBundle, Model } from './model/types.ts';
import type { Extensions } from './schema/extend/define-extensions.ts';
import { ExtensionError } from './schema/extend/extension-error.ts';
import type { RouterSettings } from './shards/client/settings.ts';
import { placeObjects } from './shards/object-place.ts';
import { WORKER_OPTIONS } from './worker-options.ts';

export interface ApiOptions<Bindings extends Env = Env> {
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
  /**
   * Whether the API is a subgraph of Apollo Federation 2: types have `@key`, and `_entities` finds their rows, for each caller by the
   * caller's own rules. `_service` gives the schema to those whom `introspection` allows it, and `/schema` to operators. Default false.
   */
  readonly federation?: boolean;
  /** What one request to `/graphql` may hold, cost and take; absent ones have their defaults. */
  readonly limits?: Partial<RequestLimits>;
  /**
   * Whether agents find the operations of `persisted.manifest` as tools at `/mcp`, by the Model Context Protocol, each with the rights of its
   * caller. See docs/mcp.md. Default false.
   */
  readonly mcp?: boolean | McpOptions;
  /** How many requests each address and caller may send, and all who share a claim. Default: any number. See docs/rate-limits.md. */
  readonly rateLimits?: RateLimitOptions;
  /** Documents that clients name instead of sending them, and whether there are others. Default: any may be sent. */
  readonly persisted?: PersistedOptions;
  /** Bounds of the router: deadline, calls in flight, fan-out. Absent ones have their defaults. */
  readonly router?: Partial<Omit<RouterSettings, 'shardCount'>>;
  /** Memory, patience and uncertainties of the cache; see `CacheSettings`. Absent ones have their defaults. */
  readonly cache?: Partial<CacheSettings>;
  /** From when on a request is slow, and its plan is logged, and whether `/metrics` names shard keys; see docs/operating.md. Absent ones have their defaults. */
  readonly monitoring?: Partial<MonitoringSettings>;
}

/** Handlers of requests and of batches of queues. */
export interface Api<Bindings extends Env = Env> extends Required<Pick<ExportedHandler<Env>, 'fetch' | 'queue'>> {
  readonly [WORKER_OPTIONS]: ApiOptions<Bindings>;
}

const OTHER_MODEL =
  "Expected extensions of the Worker's model, but got those of another. Give defineExtensions and createApi the same model.";

/**
 * The handlers of the Worker that answers requests: its default export. Its bindings `SHARD`, `CATALOG` and `MONITOR` lead to the classes
 * that `createStorage` makes, in a Worker of their own, which a deploy of this one leaves alone.
 */
export function createApi<Bindings extends Env = Env>(options: ApiOptions<Bindings>): Api<Bindings> {
  const {
    model,
    migrations,
    extensions,
    authenticate,
    cors,
    introspection,
    federation = false,
    mcp = false,
    limits = {},
    rateLimits,
    persisted,
    router = {},
    cache = {},
    monitoring = {},
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
    federation,
    mcp,
    limits,
    rateLimits,
    persisted,
    router,
    cache,
    monitoring,
  });
  const placedEnv = memoizeByObject((env: Env) => placeObjects(env));
  return {
    fetch: (request, env, execution) => handleRequest(request, placedEnv(env), execution, appOf),
    queue: (batch, env, execution) => handleQueue(batch, placedEnv(env), execution, appOf),
    [WORKER_OPTIONS]: options,
  };
}
