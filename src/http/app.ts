import type { GraphQLSchema } from 'graphql';
import { createIsolateCache, type IsolateCache } from '../cache/isolate/isolate-cache.ts';
import type { CacheSettings } from '../cache/settings.ts';
import { systemTimers } from '../lib/timers.ts';
import type { MigrationBundle, Model } from '../model/types.ts';
import { buildSchema } from '../schema/build-schema.ts';
import type { Extensions } from '../schema/extend/define-extensions.ts';
import { createRouterState } from '../shards/client/create-shard-client.ts';
import type { RouterSettings } from '../shards/client/settings.ts';
import type { Env, Settings } from './env.ts';
import { readSettings } from './env.ts';
import type { GraphqlEndpoint } from './graphql-endpoint.ts';
import { createGraphqlEndpoint } from './graphql-endpoint.ts';

/** What the user may choose in code; see `createWorker`. */
export interface AppOptions {
  readonly model: Model;
  readonly migrations: MigrationBundle;
  readonly extensions: Extensions | undefined;
  readonly maxGraphqlBodyBytes: number;
  readonly router: Partial<Omit<RouterSettings, 'shardCount'>>;
  readonly cache: Partial<CacheSettings>;
}

/** Everything that lives as long as the isolate. */
export interface App extends Omit<AppOptions, 'cache'> {
  readonly settings: Settings;
  readonly schema: GraphQLSchema;
  readonly graphql: GraphqlEndpoint;
  /** The same object at each request: the router checks it once. */
  readonly routerSettings: Partial<RouterSettings>;
  readonly routerState: ReturnType<typeof createRouterState>;
  readonly cache: IsolateCache;
}

/**
 * Makes the app at the first request instead of when the module loads: Durable Objects load the same module and need
 * none of it. A wrong environment is thrown at every request until it is corrected.
 */
export function lazyApp(options: AppOptions): (env: Env) => App {
  let app: App | undefined;
  return (env) => {
    app ??= createApp(options, env);
    return app;
  };
}

function createApp(options: AppOptions, env: Env): App {
  const settings = readSettings(env);
  const schema = buildSchema(options.model, options.extensions);
  return {
    ...options,
    settings,
    schema,
    graphql: createGraphqlEndpoint(schema, { maxBodyBytes: options.maxGraphqlBodyBytes }),
    routerSettings: { ...options.router, shardCount: settings.shardCount },
    routerState: createRouterState(),
    cache: createIsolateCache(options.model, options.cache, systemTimers),
  };
}
