/**
 * The one place where what an invocation of the Worker works with is put together: bindings, the isolate's state, the
 * caller and what they may see, shard client, cache and readers. Requests, batches of the queue, audits and warming all begin here.
 */
import { InvalidationSender, type MessageQueue } from '../cache/invalidation/invalidation-sender.ts';
import { createIsolateCache, type IsolateCache, openStore } from '../cache/isolate/isolate-cache.ts';
import { CacheReader } from '../cache/reading/cache-reader.ts';
import { type InspectedEntry, inspectEntries } from '../cache/reading/inspect-entries.ts';
import type { Requirement } from '../cache/requirement.ts';
import type { CacheSettings } from '../cache/settings.ts';
import type { KvNamespace, KvStore } from '../cache/stores/kv-store.ts';
import type { Actor } from '../events/actor.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { systemTimers } from '../lib/timers.ts';
import { Tracer } from '../lib/tracing/tracer.ts';
import type { MigrationBundle, Model } from '../model/types.ts';
import type { RowScope } from '../plans/access/visible-rows.ts';
import { RequestReader } from '../resolvers/consistency/request-reader.ts';
import { AlertDesk } from '../shards/client/alert-desk.ts';
import { ApiKeys } from '../shards/client/api-keys.ts';
import { AuditTrail } from '../shards/client/audit-trail.ts';
import { BackupRecords } from '../shards/client/backup-records.ts';
import { Bookmarks } from '../shards/client/bookmarks.ts';
import { createRouterState, createShardClient } from '../shards/client/create-shard-client.ts';
import { DeadLetters } from '../shards/client/dead-letters.ts';
import { Fleet } from '../shards/client/fleet.ts';
import { FleetMigrations } from '../shards/client/fleet-migrations.ts';
import { KeyPlacements } from '../shards/client/key-placements.ts';
import { MonitorClient } from '../shards/client/monitor-client.ts';
import type { RouterSettings } from '../shards/client/settings.ts';
import type { ShardClient } from '../shards/client/shard-client.ts';
import type { ErrorCode } from '../shards/errors.ts';
import type { InvalidationEvent } from '../shards/invalidation.ts';
import { memoryUsed } from '../shards/isolate-memory.ts';
import { currentPlan } from '../shards/migration-plan.ts';
import type { Read } from '../shards/plan/read.ts';
import { type Caller, SYSTEM } from '../shards/protocol/envelope.ts';
import type { SeenVersions } from '../shards/seen-versions.ts';
import type { WorkMeter } from '../shards/work-meter.ts';
import { Authenticator } from './authentication/authenticator.ts';
import { callerHints } from './authentication/caller-hints.ts';
import type { Identity } from './authentication/identity.ts';
import type { AuthenticateOptions } from './authentication/options.ts';
import { isOperator } from './authentication/require-operator.ts';
import { rightsOf } from './authentication/rights.ts';
import { clientAddress } from './core/client-address.ts';
import { Denials } from './core/denials.ts';
import { IDEMPOTENCY_HEADER, TRACE_HEADER } from './core/headers.ts';
import { GRAPHQL_PATH } from './core/paths.ts';
import type { Env, Settings } from './env.ts';
import { writeDataPoint } from './monitoring/analytics.ts';
import { IsolateMonitoring } from './monitoring/isolate-monitoring.ts';
import { type MonitoringSettings, toMonitoringSettings } from './monitoring/monitoring-settings.ts';
import type { RequestMeter } from './monitoring/request-meter.ts';
import { slowLog } from './monitoring/slow-log.ts';
import type { RateLimits } from './rate-limits/rate-limits.ts';
import type { RequestScope } from './request-scope.ts';
import { presentedToken } from './session-token.ts';
import { TokenSealer } from './token-sealer.ts';
import { TraceExporter } from './tracing/trace-exporter.ts';

interface IsolateOptions {
  readonly model: Model;
  readonly settings: Settings;
  /** Undefined: the model's users are not known to the Worker. */
  readonly authenticate: AuthenticateOptions | undefined;
  readonly introspection: boolean;
  readonly rateLimits: RateLimits | null;
  readonly router: Partial<Omit<RouterSettings, 'shardCount'>>;
  readonly cache: Partial<CacheSettings>;
  readonly monitoring: Partial<MonitoringSettings>;
}

/** What the invocations of an isolate share. */
export interface Isolate {
  readonly model: Model;
  readonly settings: Settings;
  /** The same object at each request: the router checks it once. */
  readonly routerSettings: Partial<RouterSettings>;
  readonly routerState: ReturnType<typeof createRouterState>;
  readonly cache: IsolateCache;
  readonly authenticator: Authenticator;
  /** Null: there are none. */
  readonly rateLimits: RateLimits | null;
  /** What a caller may see and do. */
  readonly rightsOf: (caller: Caller) => RowScope;
  /** See `AuthenticateOptions.request`. */
  readonly hasOwnScheme: boolean;
  /** What the audit log has of this isolate, with the hour; see `AuditTrail`. */
  readonly audited: BoundedMap<string, number>;
  readonly denials: Denials;
  /** Null: traces are sent nowhere. */
  readonly traces: TraceExporter | null;
  readonly sealer: TokenSealer;
  /** Anyone who may ask may learn the schema. */
  readonly showsSchema: boolean;
  readonly monitoring: IsolateMonitoring;
}

/** Recorded actions that an isolate remembers. */
const MAX_AUDITED = 10_000;

export function createIsolate(options: IsolateOptions): Isolate {
  const { model, settings, authenticate, introspection, rateLimits, router } = options;
  const { kvDistanceMs } = settings;
  const cache = createIsolateCache(
    model,
    { ...options.cache, ...(kvDistanceMs !== null && { kvDistanceMs }) },
    systemTimers,
  );
  const routerState = createRouterState();
  const { tracing } = settings;
  return {
    model,
    settings,
    routerSettings: { ...router, shardCount: settings.shardCount },
    routerState,
    cache,
    authenticator: new Authenticator(settings, authenticate),
    rateLimits,
    rightsOf: memoizeByObject((caller: Caller) => rightsOf(model, caller, settings.isDevelopment)),
    hasOwnScheme: authenticate?.request !== undefined,
    audited: new BoundedMap(MAX_AUDITED),
    denials: new Denials(cache.report, !settings.isDevelopment),
    traces:
      tracing &&
      new TraceExporter({ settings: tracing, isolate: cache.id, report: cache.report, timers: systemTimers }),
    sealer: new TokenSealer(settings.operatorToken),
    showsSchema: introspection,
    monitoring: createMonitoring(cache, routerState.calls, toMonitoringSettings(options.monitoring)),
  };
}

function createMonitoring(
  { id: isolate, counters, memory, report }: IsolateCache,
  shardCalls: Isolate['routerState']['calls'],
  settings: MonitoringSettings,
): IsolateMonitoring {
  const monitoring = new IsolateMonitoring({
    isolate,
    openClient: (client) => new MonitorClient(client),
    counters,
    shardCalls,
    memoryBytes: () => memory.bytes + memoryUsed(),
    tellsShardKeys: settings.tellsShardKeys,
  });
  monitoring.onFinished(slowLog({ settings, report, keep: (operation) => monitoring.recorder.slow(operation) }));
  monitoring.onFinished((record, { env }) => writeDataPoint(record, env));
  return monitoring;
}

/** A request, and what it came with. */
export interface Incoming {
  readonly request: Request;
  readonly url: URL;
  readonly env: Env;
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly requestId: string;
  /** Who sends it, once that is known. */
  identity?: Identity;
  /** Measures it, unless its path is not measured. */
  meter?: RequestMeter;
  /** Once its caller is known. */
  scope?: RequestScope;
  /** Undefined: nobody wants to know how it went. */
  tracer?: Tracer | undefined;
}

/**
 * At once where nothing has to be asked to know the caller.
 *
 * @throws ShardQLError if the caller is not known or not admitted.
 */
export function openScope(isolate: Isolate, incoming: Incoming): RequestScope | Promise<RequestScope> {
  const { request, url, env } = incoming;
  if (isolate.rateLimits !== null) return openLimited(isolate, incoming, isolate.rateLimits);
  const identity = isolate.authenticator.authenticate({ request, url, env, apiKeys: () => openApiKeys(env) });
  return identity instanceof Promise
    ? identity.then((known) => scopeOf(isolate, incoming, known))
    : scopeOf(isolate, incoming, identity);
}

async function openLimited(isolate: Isolate, incoming: Incoming, limits: RateLimits): Promise<RequestScope> {
  const { request, url, env } = incoming;
  const identity = await limits.authenticate(incoming, (beforeVerifying) =>
    isolate.authenticator.authenticate({ request, url, env, apiKeys: () => openApiKeys(env), beforeVerifying }),
  );
  const rateLimitHeaders = url.pathname === GRAPHQL_PATH ? await limits.take(incoming, identity) : {};
  return { ...(await scopeOf(isolate, incoming, identity)), rateLimitHeaders };
}

function scopeOf(isolate: Isolate, incoming: Incoming, identity: Identity): RequestScope | Promise<RequestScope> {
  incoming.identity = identity;
  const rights = isolate.rightsOf(identity.caller);
  const seen = presentedToken(incoming.request, isolate.sealer, !isOperator(identity.caller));
  return seen instanceof Promise
    ? seen.then((opened) => makeScope(isolate, incoming, identity, rights, opened))
    : makeScope(isolate, incoming, identity, rights, seen);
}

function makeScope(
  isolate: Isolate,
  incoming: Incoming,
  identity: Identity,
  { model, access }: RowScope,
  seen: SeenVersions,
): RequestScope {
  const { request, env, waitUntil, requestId, meter } = incoming;
  const { caller, principal } = identity;
  const { settings } = isolate;
  const isTraced = isOperator(caller) && request.headers.get(TRACE_HEADER) === '1';
  if (isTraced) {
    incoming.tracer ??= ownTracer(request.method);
    incoming.tracer.keepsSpans = true;
  }
  const { tracer } = incoming;
  tracer?.root.set({ 'shardql.role': caller.role });
  const tellsStatements = isTraced || tracer?.isSampled === true;
  const shards = openShards(isolate, { env, caller, requestId, waitUntil, meter, tracer, tellsStatements });
  shards.observeEpoch(seen.epoch);
  const reader = openReader(openCacheReader(isolate, env, shards, { waitUntil, meter, tracer }), seen, isTraced, meter);
  const idempotencyKey = request.headers.get(IDEMPOTENCY_HEADER);
  const { isDevelopment } = settings;
  const { showsSchema } = isolate;
  const [apiKeys, bookmarks] = [openApiKeys(env), new Bookmarks(env)];
  const fleet = new Fleet(shards, env.MONITOR);
  const keyPlacements = new KeyPlacements({ env, state: isolate.routerState, shards });
  const actor = actorOf(incoming, identity);
  const audit = new AuditTrail({ env, actor, requestId, recorded: isolate.audited });
  return {
    requestId,
    model,
    caller,
    principal,
    idempotencyKey,
    access,
    shards,
    apiKeys,
    fleet,
    bookmarks,
    keyPlacements,
    hasOwnScheme: isolate.hasOwnScheme,
    deny: (code) => denied(isolate, incoming, code),
    audit,
    operatorAudit: isOperator(caller) ? audit : null,
    reader,
    isDevelopment,
    showsSchema,
    hints: callerHints(isolate.model, identity),
    isTraced,
    meter,
    tracer,
    sealer: isOperator(caller) ? null : isolate.sealer,
  };
}

/** For an answer that shows what the request did, though its trace is sent nowhere. */
const ownTracer = (method: string): Tracer =>
  new Tracer({ now: Date.now, name: method, kind: 'SERVER', context: null, isSampled: false });

const actorOf = ({ request }: Incoming, { caller, principal }: Identity): Actor => ({
  role: caller.role,
  ...principal,
  address: clientAddress(request),
});

/** Counts a failure, if it is a denial. */
export function denied({ denials }: Isolate, incoming: Incoming, code: ErrorCode): void {
  const { request, url, requestId, identity } = incoming;
  const actor = identity === undefined ? null : actorOf(incoming, identity);
  const traceId = incoming.tracer?.sharedTraceId;
  denials.record(code, { actor, address: clientAddress(request), path: url.pathname, requestId, traceId });
}

/** One request, or one batch of a queue. */
export interface Invocation {
  readonly env: Env;
  readonly caller: Caller;
  readonly requestId?: string;
  /** Undefined: it is not traced. */
  readonly tracer?: Tracer | undefined;
  /** Shards tell what each of their statements did. Default: where the trace is sent. */
  readonly tellsStatements?: boolean;
  /** Keeps the invocation alive for work after its answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Takes what it uses. */
  readonly meter?: WorkMeter | undefined;
}

/** Queue batches act for no caller: what they read goes to the cache, which is below authorization. */
export const queueInvocation = (
  env: Env,
  execution: ExecutionContext,
  { meter, tracer }: Pick<Invocation, 'meter' | 'tracer'>,
): Invocation => ({
  env,
  meter,
  caller: SYSTEM,
  tracer,
  waitUntil: (work) => execution.waitUntil(work),
});

/** The shards' deadline begins now. */
export const openShards = (isolate: Isolate, { env, ...invocation }: Invocation): ShardClient =>
  createShardClient({
    ...invocation,
    model: isolate.model,
    env,
    state: isolate.routerState,
    settings: isolate.routerSettings,
    enqueueInvalidation: invalidationQueue(isolate, env, invocation),
    recordChange: (change) => isolate.cache.localWrites.record(change),
  });

/** Without a queue the shards publish by themselves. */
function invalidationQueue(
  { settings }: Isolate,
  { INVALIDATIONS, KV }: Env,
  { waitUntil, meter, tracer }: Pick<Invocation, 'waitUntil' | 'meter' | 'tracer'>,
): ((event: InvalidationEvent) => void) | undefined {
  if (!INVALIDATIONS) return undefined;
  const audits = { share: KV ? settings.auditShare : 0, random: Math.random };
  const sender = new InvalidationSender(INVALIDATIONS as MessageQueue, waitUntil, audits, meter, tracer);
  return (event) => sender.enqueue(event);
}

interface CacheReaderOptions extends Pick<Invocation, 'waitUntil' | 'meter' | 'tracer'> {
  /** See `CacheWriterOptions`. */
  readonly isWarming?: boolean;
}

export const openCacheReader = (
  { cache }: Isolate,
  env: Env,
  { readFresh: askShards }: ShardClient,
  { tracer, ...options }: CacheReaderOptions,
): CacheReader =>
  new CacheReader({ ...options, cache, store: openStore(cache, kvOf(env), options.meter, tracer), askShards });

/** Tells what the cache has for a read. */
export const openCacheInspector =
  ({ cache }: Isolate, env: Env) =>
  (read: Read, requirement: Requirement): Promise<InspectedEntry[]> =>
    inspectEntries(cache, openStore(cache, kvOf(env)), read, requirement);

/** Null where no KV is bound. */
export const openKv = ({ cache }: Isolate, env: Env): KvStore | null => openStore(cache, kvOf(env)).kv;

const kvOf = (env: Env): KvNamespace | null => (env.KV as KvNamespace | undefined) ?? null;

/** The reads of a request, in a session that has seen these versions. `keepsReads`: for a trace. */
export const openReader = (
  cache: CacheReader,
  seen: SeenVersions,
  keepsReads: boolean,
  meter?: WorkMeter,
): RequestReader => new RequestReader(cache, seen, keepsReads, meter);

const openApiKeys = (env: Env): ApiKeys => new ApiKeys(env);

export const openBackupRecords = (env: Env): BackupRecords => new BackupRecords(env);

export const openDeadLetters = (env: Env): DeadLetters => new DeadLetters(env);

export const openAlertDesk = (env: Env): AlertDesk => new AlertDesk(env.MONITOR);

export const openFleetMigrations = (model: Model, migrations: MigrationBundle, env: Env): FleetMigrations =>
  new FleetMigrations(env, currentPlan(model, migrations));
