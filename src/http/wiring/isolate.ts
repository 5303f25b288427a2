import { createIsolateCache, type IsolateCache } from '../../cache/isolate/isolate-cache.ts';
import type { CacheSettings } from '../../cache/settings.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { systemTimers } from '../../lib/timers.ts';
import type { Model } from '../../model/types.ts';
import type { RowScope } from '../../plans/access/visible-rows.ts';
import { createRouterState } from '../../shards/client/create-shard-client.ts';
import { MonitorClient } from '../../shards/client/monitor-client.ts';
import type { RouterSettings } from '../../shards/client/settings.ts';
import { memoryUsed } from '../../shards/isolate-memory.ts';
import type { Caller } from '../../shards/protocol/envelope.ts';
import { Authenticator } from '../authentication/authenticator.ts';
import type { AuthenticateOptions } from '../authentication/options.ts';
import { rightsOf } from '../authentication/rights.ts';
import { Denials } from '../core/denials.ts';
import type { Settings } from '../env.ts';
import { writeDataPoint } from '../monitoring/analytics.ts';
import { IsolateMonitoring } from '../monitoring/isolate-monitoring.ts';
import { type MonitoringSettings, toMonitoringSettings } from '../monitoring/monitoring-settings.ts';
import { slowLog } from '../monitoring/slow-log.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import { TokenSealer } from '../token-sealer.ts';
import { TraceExporter } from '../tracing/trace-exporter.ts';

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
