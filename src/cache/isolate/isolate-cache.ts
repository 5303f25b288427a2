import { EventCounters } from '../../events/counters.ts';
import { countEvent } from '../../events/event-counts.ts';
import { logEvent } from '../../events/log.ts';
import { createReport, type Report } from '../../events/report.ts';
import type { Timers } from '../../lib/timers.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import type { Model } from '../../model/types.ts';
import { MEMORY } from '../../shards/isolate-memory.ts';
import { stampSchema } from '../../shards/stamp-schema.ts';
import type { WorkMeter } from '../../shards/work-meter.ts';
import { type CacheSettings, toCacheSettings } from '../settings.ts';
import { type KvNamespace, KvStore } from '../stores/kv-store.ts';
import { LayeredStore } from '../stores/layered-store.ts';
import { MemoryStore } from '../stores/memory-store.ts';
import { SeenStamps } from '../stores/seen-stamps.ts';
import { FillLeases } from './fill-leases.ts';
import { createIsolateClock, type IsolateClock } from './isolate-clock.ts';
import { KvYields } from './kv-yields.ts';
import { LocalWrites } from './local-writes.ts';
import { PartialRows } from './partial-rows.ts';
import { ReadCounts } from './read-counts.ts';
import { ShardDistances } from './shard-distances.ts';

/** What the requests of an isolate share: values only, never promises (the platform forbids to wait for another's). */
export interface IsolateCache {
  /** Tells the isolate apart from others. */
  readonly id: string;
  readonly model: Model;
  readonly settings: CacheSettings;
  readonly timers: Timers;
  readonly clock: IsolateClock;
  readonly memory: MemoryStore;
  readonly seenStamps: SeenStamps;
  readonly distances: ShardDistances;
  readonly localWrites: LocalWrites;
  readonly leases: FillLeases;
  readonly partialRows: PartialRows;
  /** How often answers were read that KV might hold, by the texts of their keys: which of them are worth a put. */
  readonly reads: ReadCounts;
  /** What looking up others is good for. */
  readonly yields: KvYields;
  /** Logs and counts. */
  readonly report: Report;
  /** What {@link report} has counted since the monitor was told. */
  readonly counters: EventCounters;
}

/** One per isolate; made at its first request, since its clock's name is random. */
export function createIsolateCache(model: Model, settings: Partial<CacheSettings>, timers: Timers): IsolateCache {
  const complete = toCacheSettings(settings);
  const id = crypto.randomUUID();
  const counters = new EventCounters();
  return {
    id,
    model,
    settings: complete,
    timers,
    clock: createIsolateClock(timers.now, id, complete.clockUncertaintyMs),
    memory: new MemoryStore(complete.memoryBytes),
    seenStamps: new SeenStamps(MEMORY['seen-stamps'], complete.recheckMs),
    distances: new ShardDistances(),
    localWrites: new LocalWrites(),
    leases: new FillLeases(complete.fillPatienceMs),
    partialRows: new PartialRows(),
    reads: new ReadCounts(),
    yields: new KvYields(),
    report: createReport(logEvent, counters.count, countEvent),
    counters,
  };
}

/** The isolate's store for one request: bindings belong to requests. Without a KV namespace it is memory alone. */
export function openStore(
  { model, memory, seenStamps, settings, timers, report }: IsolateCache,
  kv: KvNamespace | null,
  meter?: WorkMeter,
  tracer?: Tracer,
): LayeredStore {
  const options = {
    timers,
    tracer,
    patienceMs: settings.kvPatienceMs,
    cacheTtlSeconds: settings.kvCacheTtlSeconds,
  };
  const kvStore = kv && new KvStore(kv, stampSchema(model), options, report, meter);
  return new LayeredStore(memory, kvStore, settings.recheckMs, seenStamps);
}
