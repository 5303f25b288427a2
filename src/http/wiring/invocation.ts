/**
 * What an invocation of the Worker works with: shard client, cache and readers, from the bindings and the isolate's state. Requests, batches of
 * the queue, audits and warming all begin here.
 */
import { InvalidationSender, type MessageQueue } from '../../cache/invalidation/invalidation-sender.ts';
import { openStore } from '../../cache/isolate/isolate-cache.ts';
import { CacheReader } from '../../cache/reading/cache-reader.ts';
import { type InspectedEntry, inspectEntries } from '../../cache/reading/inspect-entries.ts';
import type { Requirement } from '../../cache/requirement.ts';
import type { KvNamespace, KvStore } from '../../cache/stores/kv-store.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import type { MigrationBundle, Model } from '../../model/types.ts';
import { RequestReader } from '../../resolvers/consistency/request-reader.ts';
import { AlertDesk } from '../../shards/client/alert-desk.ts';
import { ApiKeys } from '../../shards/client/api-keys.ts';
import { BackupRecords } from '../../shards/client/backup-records.ts';
import { createShardClient } from '../../shards/client/create-shard-client.ts';
import { DeadLetters } from '../../shards/client/dead-letters.ts';
import { FleetMigrations } from '../../shards/client/fleet-migrations.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import type { InvalidationEvent } from '../../shards/invalidation.ts';
import { currentPlan } from '../../shards/migration-plan.ts';
import type { Read } from '../../shards/plan/read.ts';
import { type Caller, SYSTEM } from '../../shards/protocol/envelope.ts';
import type { SeenVersions } from '../../shards/seen-versions.ts';
import type { WorkMeter } from '../../shards/work-meter.ts';
import type { Env } from '../env.ts';
import type { Isolate } from './isolate.ts';

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

/** The API keys of the catalog. */
export const openApiKeys = (env: Env): ApiKeys => new ApiKeys(env);

export const openBackupRecords = (env: Env): BackupRecords => new BackupRecords(env);

export const openDeadLetters = (env: Env): DeadLetters => new DeadLetters(env);

export const openAlertDesk = (env: Env): AlertDesk => new AlertDesk(env.MONITOR);

export const openFleetMigrations = (model: Model, migrations: MigrationBundle, env: Env): FleetMigrations =>
  new FleetMigrations(env, currentPlan(model, migrations));
