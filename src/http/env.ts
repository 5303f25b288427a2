import { MAX_SHARDS } from '../shards/limits.ts';
import type { MaintenanceEnv } from '../shards/maintenance.ts';
import { type PlaceEnv, placeProblems } from '../shards/place-settings.ts';
import { isBearerToken } from './authentication/bearer-token.ts';
import { misconfigured } from './core/misconfigured.ts';
import { readTraceSettings, type TraceEnv, type TraceSettings } from './tracing/trace-settings.ts';

/** What the platform binds to the Worker. */
export interface Env extends MaintenanceEnv, PlaceEnv, TraceEnv {
  readonly SHARD: DurableObjectNamespace;
  readonly CATALOG: DurableObjectNamespace;
  /** Keeps what shards report. Optional: without it, shards have to be asked how they are, and nobody knows how they grow. */
  readonly MONITOR?: DurableObjectNamespace;
  /**
   * Cached answers, the stamps that they are judged by, and a copy of the shard map, which spares new isolates a call to the
   * catalog. Optional.
   */
  readonly KV?: KVNamespace;
  /** Takes an event after each write that cached answers may depend on. Optional: without it shards publish late. */
  readonly INVALIDATIONS?: Queue;
  /** Shards put old changes here before they trim them from their logs. Optional: without it those are gone then. */
  readonly LOG_ARCHIVE?: R2Bucket;
  /** Count requests, approximately: what `rateLimits` is held to where it is not exact. */
  readonly RATE_LIMIT_ADDRESS?: RateLimit;
  readonly RATE_LIMIT_CALLER?: RateLimit;
  readonly RATE_LIMIT_CLAIM?: RateLimit;
  readonly RATE_LIMIT_AUTHENTICATION?: RateLimit;
  /** Counts requests exactly, where `rateLimits` says so. */
  readonly RATE_LIMITER?: DurableObjectNamespace;
  /** A dataset of the Analytics Engine that gets a data point for each request: see docs/operating.md. Optional. */
  readonly ANALYTICS?: AnalyticsEngineDataset;
  /** Static files (`[assets]`), with GraphiQL and the console among them once `shardql build` has put them there. Optional. */
  readonly ASSETS?: Fetcher;
  /** The local servers' own files of the pages, in place of those: a Worker, or the origin of a server of this machine. */
  readonly SHARDQL_PAGES?: Fetcher | string;
  /** Number of shards of a new deployment, 1 to 1024; the catalog ignores it once it has made the map. Default 4. */
  readonly SHARDQL_SHARDS?: string;
  /** Share of invalidation events after which it is audited whether cached reads show the commit, 0 to 1. Default 0.01. */
  readonly SHARDQL_AUDIT_SHARE?: string;
  /** In place of the setting `kvDistanceMs` of the cache: 0 uses KV for all shards, also those that are near. Optional. */
  readonly SHARDQL_KV_DISTANCE_MS?: string;
  /**
   * Secret of at least 32 characters: who sends it as `Authorization: Bearer …` is an operator, who may do everything, such as
   * create API keys.
   */
  readonly SHARDQL_OPERATOR_TOKEN?: string;
  /** Which version of the Worker runs, for the monitor. Optional. */
  readonly CF_VERSION_METADATA?: WorkerVersionMetadata;
  /** `true`: every caller has the developer role. Never set it on a deployment that others can reach. */
  readonly SHARDQL_DEVELOPMENT?: string;
}

/** The environment as a total value; below this file nothing is optional. */
export interface Settings {
  readonly shardCount: number;
  readonly isDevelopment: boolean;
  readonly isInMaintenance: boolean;
  readonly auditShare: number;
  /** In milliseconds. Null: the settings of the cache say it. */
  readonly kvDistanceMs: number | null;
  /** Null: there is none. */
  readonly operatorToken: string | null;
  /** Null: nothing is traced. */
  readonly tracing: TraceSettings | null;
}

const DEFAULT_SHARDS = 4;
const DEFAULT_AUDIT_SHARE = 0.01;
const MIN_OPERATOR_TOKEN = 32;

/** Throws `ShardQLError` that names the variable. */
export function readSettings(env: Env): Settings {
  const [wrongPlace] = placeProblems(env);
  if (wrongPlace !== undefined) throw misconfigured(wrongPlace);
  return {
    shardCount: parseShardCount(env.SHARDQL_SHARDS),
    auditShare: parseShare(env.SHARDQL_AUDIT_SHARE),
    kvDistanceMs: parseKvDistance(env.SHARDQL_KV_DISTANCE_MS),
    operatorToken: parseOperatorToken(env.SHARDQL_OPERATOR_TOKEN),
    isInMaintenance: parseFlag('SHARDQL_MAINTENANCE', env.SHARDQL_MAINTENANCE),
    isDevelopment: parseFlag('SHARDQL_DEVELOPMENT', env.SHARDQL_DEVELOPMENT),
    tracing: readTraceSettings(env),
  };
}

// A TOML file may give numbers and booleans unquoted; Workers then bind them as such.
function parseShardCount(value: unknown): number {
  if (value === undefined) return DEFAULT_SHARDS;
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= MAX_SHARDS) return count;
  throw misconfigured(`Expected SHARDQL_SHARDS to be an integer from 1 to ${MAX_SHARDS}, but got "${value}".`);
}

function parseShare(value: unknown): number {
  if (value === undefined || value === '') return DEFAULT_AUDIT_SHARE;
  const share = Number(value);
  if (share >= 0 && share <= 1) return share;
  throw misconfigured(`Expected SHARDQL_AUDIT_SHARE to be a number from 0 to 1, but got "${value}".`);
}

function parseKvDistance(value: unknown): number | null {
  if (value === undefined || value === '') return null;
  const distanceMs = Number(value);
  if (distanceMs >= 0 && Number.isFinite(distanceMs)) return distanceMs;
  throw misconfigured(
    `Expected SHARDQL_KV_DISTANCE_MS to be a number of milliseconds of at least 0, but got "${value}".`,
  );
}

function parseFlag(name: string, value: unknown): boolean {
  if (value === undefined || value === '' || String(value) === 'false') return false;
  if (String(value) === 'true') return true;
  throw misconfigured(`Expected ${name} to be "true" or "false", but got "${value}".`);
}

/** The message does not quote it. */
function parseOperatorToken(value: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  if (!isBearerToken(value)) {
    throw misconfigured(
      'Expected SHARDQL_OPERATOR_TOKEN to have letters, digits and -._~+/= alone, but got other characters, which no Authorization header can carry.',
    );
  }
  if (value.length >= MIN_OPERATOR_TOKEN) return value;
  throw misconfigured(
    `Expected SHARDQL_OPERATOR_TOKEN to have at least ${MIN_OPERATOR_TOKEN} characters, but got ${value.length}; make one with: openssl rand -hex 32`,
  );
}
