import type { EventCounters } from '../../events/counters.ts';
import { eventCounts, takeEventCounts } from '../../events/event-counts.ts';
import { MEMOS } from '../../events/memo-counts.ts';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import type { ShardCallCounts } from '../../shards/client/routing/shard-call-counts.ts';
import {
  type Counts,
  OPERATION_MODES,
  OPERATION_SOURCES,
  type OperationDocument,
  type OperationKey,
  OTHER,
  type SlowOperation,
} from '../../shards/isolate-report.ts';
import { BusyKeys } from './key-stats.ts';
import type { OperationIdentity } from './operation-identity.ts';
import { OperationStats } from './operation-stats.ts';
import { QueueStats } from './queue-stats.ts';
import type { RequestMeter } from './request-meter.ts';
import { tableCounts } from './table-counts.ts';

/** Operations, each in one role, mode and source, that are counted apart between two reports. */
const MAX_OPERATIONS = 200;
/** Operations whose documents the monitor has been told. */
const MAX_TOLD = 2_000;
const MAX_SLOW = 10;

interface RecorderOptions {
  readonly counters: EventCounters;
  readonly shardCalls: ShardCallCounts;
}

/** What is new, for a report. */
interface Recorded {
  readonly counts: Counts;
  readonly documents: readonly OperationDocument[];
  readonly slow: readonly SlowOperation[];
}

/** Counts what an isolate does, in bounded memory. Nothing of it waits or throws. */
export class IsolateRecorder {
  readonly queue = new QueueStats();
  readonly #options: RecorderOptions;
  readonly #byOperation = new Map<string, Map<string, OperationStats>>();
  /** With counts that were not taken yet. */
  #used: OperationStats[] = [];
  readonly #keys = new BusyKeys();
  readonly #told = new Set<string>();
  #untold = new Map<string, OperationIdentity>();
  #slow: SlowOperation[] = [];

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  finished(meter: RequestMeter, tookMs: number): void {
    const operation = this.#statsOf(meter);
    const key = this.#keys.of(meter.shardKey ?? null);
    operation.finished(meter, tookMs);
    key.finished(meter);
    meter.finished(operation, key);
  }

  /** Of the slow ones between two reports, those that took longest are told. */
  slow(operation: SlowOperation): void {
    this.#slow.push(operation);
    if (this.#slow.length <= MAX_SLOW) return;
    this.#slow.sort((a, b) => b.durationMs - a.durationMs);
    this.#slow.pop();
  }

  /** What was counted since the counts were taken. */
  get counts(): Counts {
    const { counters, shardCalls } = this.#options;
    return {
      operations: this.#used.map(({ counts }) => counts),
      keys: this.#keys.counts,
      shards: shardCalls.counts,
      ...counterCounts(counters),
      events: eventCounts(),
      documentCache: MEMOS.documents.counts,
      planCache: MEMOS.plans.counts,
      queue: this.queue.counts,
    };
  }

  take(): Recorded {
    const { counters, shardCalls } = this.#options;
    const used = this.#used;
    this.#used = [];
    const documents = [...this.#untold.values()].map(({ hash, text }) => ({ hash, text }));
    this.#untold = new Map();
    const slow = this.#slow;
    this.#slow = [];
    const counts = {
      operations: used.map((stats) => stats.take()),
      keys: this.#keys.take(),
      shards: shardCalls.take(),
      ...counterCounts(counters),
      events: takeEventCounts(),
      documentCache: MEMOS.documents.take(),
      planCache: MEMOS.plans.take(),
      queue: this.queue.take(),
    };
    counters.reset();
    this.#forgetUnused(used);
    return { counts, documents, slow };
  }

  #statsOf({ operation, kind, path, role, mode, source }: RequestMeter): OperationStats {
    const hash = operation?.hash ?? path;
    const parts = `${mode} ${source} ${kind} ${role}`;
    const known = this.#byOperation.get(hash)?.get(parts);
    if (known && (known.isUsed || this.#used.length < MAX_OPERATIONS)) return known;
    const modeAndSource = { mode: OPERATION_MODES[mode]!, source: OPERATION_SOURCES[source]! };
    if (this.#used.length >= MAX_OPERATIONS) {
      return this.#make(OTHER, `${mode} ${source} ${kind}`, {
        ...{ hash: OTHER, name: null, kind, role: OTHER },
        ...modeAndSource,
      });
    }
    if (operation) this.#tell(operation);
    return this.#make(hash, parts, { hash, name: operation ? operation.name : path, kind, role, ...modeAndSource });
  }

  #make(hash: string, parts: string, key: OperationKey): OperationStats {
    const byParts = getOrInsert(this.#byOperation, hash, () => new Map<string, OperationStats>());
    return getOrInsert(byParts, parts, () => new OperationStats(key, (stats) => this.#used.push(stats)));
  }

  #tell(operation: OperationIdentity): void {
    if (this.#told.has(operation.hash)) return;
    if (this.#told.size >= MAX_TOLD) this.#told.clear();
    this.#told.add(operation.hash);
    this.#untold.set(operation.hash, operation);
  }

  /** What was used lately is likely to be used again. */
  #forgetUnused(used: readonly OperationStats[]): void {
    this.#byOperation.clear();
    for (const stats of used) {
      const { hash, role, kind, mode, source } = stats.key;
      const ranks = `${OPERATION_MODES.indexOf(mode)} ${OPERATION_SOURCES.indexOf(source)} ${kind}`;
      getOrInsert(this.#byOperation, hash, () => new Map<string, OperationStats>()).set(
        hash === OTHER ? ranks : `${ranks} ${role}`,
        stats,
      );
    }
  }
}

const counterCounts = ({ cacheAnswers, cacheKvOperations, denials }: EventCounters) => ({
  tables: tableCounts(cacheAnswers.samples),
  kv: Object.fromEntries(cacheKvOperations.samples.map(({ labels, count }) => [labels.operation, count])),
  denials: Object.fromEntries(denials.samples.map(({ labels, count }) => [labels.code, count])),
});
