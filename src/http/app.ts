import { type GraphQLSchema, printSchema } from 'graphql';
import type { CacheSettings } from '../cache/settings.ts';
import { HmacSigner } from '../lib/hmac-signer.ts';
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import type { MigrationBundle, Model } from '../model/types.ts';
import { ruleProblems } from '../plans/access/check-rules.ts';
import { OperationCosts } from '../plans/cost/operation-costs.ts';
import { buildRoleSchema, buildSchema } from '../schema/build-schema.ts';
import type { Extensions } from '../schema/extend/define-extensions.ts';
import { subgraphSdl } from '../schema/federation/subgraph-sdl.ts';
import { buildOperatorSchema } from '../schema/operator/build-operator-schema.ts';
import type { RouterSettings } from '../shards/client/settings.ts';
import type { AuthenticateOptions } from './authentication/options.ts';
import { Cors, type CorsOptions } from './core/cors.ts';
import {
  AS_HEADER,
  IDEMPOTENCY_HEADER,
  MCP_VERSION_HEADER,
  REQUEST_ID_HEADER,
  TOKEN_HEADER,
  TRACE_HEADER,
} from './core/headers.ts';
import { misconfigured } from './core/misconfigured.ts';
import { OPERATOR_PATH } from './core/paths.ts';
import { type Env, readSettings } from './env.ts';
import { DocumentCache } from './graphql/document-cache.ts';
import { createGraphqlEndpoint, type GraphqlEndpoint } from './graphql/graphql-endpoint.ts';
import { PersistedDocuments, type PersistedOptions } from './graphql/persisted-documents.ts';
import { type RequestLimits, requireBudgetsOfRoles, toRequestLimits } from './graphql/request-limits.ts';
import { type McpOptions, type McpSettings, toMcpSettings } from './mcp/options.ts';
import type { MonitoringSettings } from './monitoring/monitoring-settings.ts';
import type { RateLimitOptions } from './rate-limits/options.ts';
import { RATE_LIMIT_HEADERS, RateLimits } from './rate-limits/rate-limits.ts';
import type { RequestScope } from './request-scope.ts';
import { createIsolate, type Isolate } from './wiring/isolate.ts';

/** How callers are authenticated, or a function of the environment that returns it. */
export type AuthenticateSetting = AuthenticateOptions | ((env: Env) => AuthenticateOptions);

/** What the user may choose in code; see `createWorker`. */
interface AppOptions {
  readonly model: Model;
  readonly migrations: MigrationBundle;
  readonly extensions: Extensions | undefined;
  readonly authenticate: AuthenticateSetting | undefined;
  readonly cors: CorsOptions | undefined;
  readonly introspection: boolean | undefined;
  readonly federation: boolean;
  readonly mcp: boolean | McpOptions;
  readonly limits: Partial<RequestLimits>;
  readonly rateLimits: RateLimitOptions | undefined;
  readonly persisted: PersistedOptions | undefined;
  readonly router: Partial<Omit<RouterSettings, 'shardCount'>>;
  readonly cache: Partial<CacheSettings>;
  readonly monitoring: Partial<MonitoringSettings>;
}

/** Everything that lives as long as the isolate. */
export interface App extends Isolate {
  readonly cors: Cors;
  readonly migrations: MigrationBundle;
  readonly schema: GraphQLSchema;
  /** The schema as text: of a subgraph, if it is one. */
  readonly sdl: () => string;
  readonly graphql: GraphqlEndpoint;
  /** What a caller may ask. */
  readonly schemaFor: (scope: Pick<RequestScope, 'model' | 'caller'>) => GraphQLSchema;
  /** Null: there are no tools for agents. */
  readonly mcp: McpSettings | null;
  /** The same for operators. */
  readonly operator: GraphqlEndpoint;
  /** Signs confirmations of their actions. */
  readonly confirmationSigner: HmacSigner;
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
  const { model, migrations, extensions, cache, monitoring } = options;
  const { requestDeadlineMs } = options.router;
  const limits = toRequestLimits({ ...(requestDeadlineMs && { deadlineMs: requestDeadlineMs }), ...options.limits });
  requireBudgetsOfRoles(limits, model);
  const router = { requestDeadlineMs: limits.deadlineMs, maxShardsPerRequest: limits.shards, ...options.router };
  const settings = readSettings(env);
  const authenticate = typeof options.authenticate === 'function' ? options.authenticate(env) : options.authenticate;
  const { introspection = settings.isDevelopment } = options;
  const rateLimits = options.rateLimits === undefined ? null : new RateLimits(options.rateLimits, env);
  const wrongRules = ruleProblems(model);
  if (wrongRules.length > 0) {
    throw misconfigured(`Expected sound access rules, but got:\n${wrongRules.map((rule) => `- ${rule}`).join('\n')}`);
  }
  const federation = options.federation ? { showsSdl: introspection } : null;
  const schema = buildSchema(model, extensions, federation);
  const persisted = new PersistedDocuments(options.persisted, settings.isDevelopment);
  const serving = (served: GraphQLSchema, of: Model) => ({
    schema: served,
    answer: createGraphqlEndpoint(served, {
      limits,
      documents: new DocumentCache(served, limits, introspection),
      persisted,
      costs: new OperationCosts({ model: of, schema: served, shards: settings.shardCount }),
    }),
  });
  const whole = serving(schema, model);
  // Made when a caller of the role first asks.
  const ofRole = memoizeByObject((served: Model, role: string) =>
    serving(buildRoleSchema(served, role, { extensions, federation, whole: schema }), served),
  );
  const servedTo = ({ model: served, caller }: Pick<RequestScope, 'model' | 'caller'>) =>
    served === model ? whole : ofRole(served, caller.role);
  return {
    ...createIsolate({ model, settings, authenticate, introspection, rateLimits, router, cache, monitoring }),
    migrations,
    cors: new Cors(options.cors, {
      allowedHeaders: [
        ...['authorization', 'content-type', IDEMPOTENCY_HEADER, TOKEN_HEADER, TRACE_HEADER],
        ...(options.mcp === false ? [] : [MCP_VERSION_HEADER]),
        // Elsewhere it is refused.
        ...(settings.isDevelopment ? [AS_HEADER] : []),
      ],
      exposedHeaders: [TOKEN_HEADER, REQUEST_ID_HEADER, 'retry-after', 'www-authenticate', ...RATE_LIMIT_HEADERS],
      allowsLoopback: settings.isDevelopment,
    }),
    schema,
    sdl: () => (federation ? subgraphSdl(schema, model) : `${printSchema(schema)}\n`),
    graphql: (request, scope) => servedTo(scope).answer(request, scope),
    schemaFor: (scope) => servedTo(scope).schema,
    mcp: toMcpSettings(options.mcp, options.persisted, settings.operatorToken),
    confirmationSigner: new HmacSigner(settings.operatorToken, 'shardql confirmations'),
    operator: lazyEndpoint(() =>
      createGraphqlEndpoint(buildOperatorSchema(), {
        limits,
        path: OPERATOR_PATH,
        hasPlans: false,
      }),
    ),
  };
}

/** Made when it is first asked: few isolates ever are. */
function lazyEndpoint(create: () => GraphqlEndpoint): GraphqlEndpoint {
  let endpoint: GraphqlEndpoint | undefined;
  return (request, scope) => {
    endpoint ??= create();
    return endpoint(request, scope);
  };
}
