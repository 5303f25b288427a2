import { getOrInsert } from '../lib/get-or-insert.ts';
import { QuantileSketch } from '../lib/quantile-sketch.ts';
import { TopCounts } from '../lib/top-counts.ts';
import {
  type CodeCounts,
  type Counts,
  type KeyCalls,
  MAX_KEY_OPERATIONS,
  type OperationCounts,
  type OperationKey,
  OTHER,
  OTHER_KEYS,
  type QueueCounts,
  type ShardCalls,
  type TableCounts,
} from './isolate-report.ts';
import { dollarsOf } from './prices.ts';
import { addUsage, noUsage, type UsageCounts } from './usage.ts';

/** How many of each are kept apart. Those that cost least become one with the rest. */
export interface TallyLimits {
  readonly operations: number;
  readonly shards: number;
  readonly keys: number;
  readonly tables: number;
}

type Numbers = Record<string, number>;

interface OperationDraft {
  readonly key: OperationKey;
  requests: number;
  failed: number;
  readonly errors: Numbers;
  readonly latency: QuantileSketch;
  readonly usage: UsageCounts;
}

interface ShardDraft {
  calls: number;
  refused: number;
  failed: number;
  readonly codes: Numbers;
  readonly latency: QuantileSketch;
  maxInFlight: number;
  rowsRead: number;
  rowsWritten: number;
}

interface KeyDraft {
  shard: string | null;
  requests: number;
  readonly usage: UsageCounts;
  operation: string | null;
  /** By how many requests the operation leads over all others. */
  votes: number;
  readonly operations: TopCounts;
}

/** Adds counts up, in bounded memory: sums are exact, whatever is kept apart. */
export class Tally {
  readonly #limits: TallyLimits;
  readonly #operations = new Map<string, OperationDraft>();
  readonly #shards = new Map<string, ShardDraft>();
  readonly #keys = new Map<string, KeyDraft>();
  readonly #tables = new Map<string, Map<string, Numbers>>();
  readonly #events: Numbers = {};
  readonly #kv: Numbers = {};
  readonly #denials: Numbers = {};
  readonly #documentCache = { hits: 0, misses: 0 };
  readonly #planCache = { hits: 0, misses: 0 };
  readonly #queue = { batches: 0, messages: 0, retried: 0, deadLettered: 0, backlog: null as number | null };
  readonly #queueAge = new QuantileSketch();

  constructor(limits: TallyLimits) {
    this.#limits = limits;
  }

  add(counts: Counts): void {
    for (const each of counts.operations) this.#addOperation(each);
    for (const each of counts.shards) this.#addShard(each);
    for (const each of counts.keys) this.#addKey(each);
    for (const each of counts.tables) this.#addTable(each);
    addNumbers(this.#events, counts.events as Numbers);
    addNumbers(this.#kv, counts.kv);
    addNumbers(this.#denials, counts.denials);
    addNumbers(this.#documentCache, counts.documentCache as unknown as Numbers);
    addNumbers(this.#planCache, counts.planCache as unknown as Numbers);
    this.#addQueue(counts.queue);
  }

  toCounts(): Counts {
    return {
      operations: [...this.#operations.values()].map(({ key, latency, ...rest }) => ({
        ...key,
        ...structuredClone(rest),
        latency: latency.toSketch(),
      })),
      shards: [...this.#shards].map(([shard, { latency, ...rest }]) => ({
        shard,
        ...structuredClone(rest),
        latency: latency.toSketch(),
      })),
      keys: [...this.#keys].map(([shardKey, { votes: _, operations, ...rest }]) => ({
        shardKey: shardKey as KeyCalls['shardKey'],
        ...structuredClone(rest),
        operations: operations.toRecord(),
      })),
      tables: [...this.#tables].map(([table, layers]) => ({
        table,
        answers: structuredClone(Object.fromEntries(layers)) as TableCounts['answers'],
      })),
      events: { ...this.#events },
      kv: { ...this.#kv },
      denials: { ...this.#denials },
      documentCache: { ...this.#documentCache },
      planCache: { ...this.#planCache },
      queue: { ...this.#queue, ageMs: this.#queueAge.toSketch() },
    };
  }

  #addOperation(counts: OperationCounts): void {
    const name = nameOf(counts);
    let draft = this.#operations.get(name);
    if (draft === undefined) {
      draft = newOperation(counts);
      this.#operations.set(name, draft);
    }
    addOperation(draft, counts);
    if (this.#operations.size > this.#limits.operations + OTHER_OPERATIONS) this.#dropOperation();
  }

  /** The one that costs least becomes part of the rest, of which mode, source and kind are still known. */
  #dropOperation(): void {
    const least = leastOf(this.#operations, ({ key, usage }) => (key.hash === OTHER ? Infinity : dollarsOf(usage)));
    if (least === null) return;
    const [name, { key, latency, ...rest }] = least;
    this.#operations.delete(name);
    const other = { ...key, hash: OTHER, name: null, role: OTHER };
    const draft = getOrInsert(this.#operations, nameOf(other), () => newOperation(other));
    addOperation(draft, { ...rest, latency: latency.toSketch() });
  }

  #addShard(counts: ShardCalls): void {
    const known = this.#shards.has(counts.shard) || this.#shards.size < this.#limits.shards;
    const draft = getOrInsert(this.#shards, known ? counts.shard : OTHER, newShard);
    draft.calls += counts.calls;
    draft.refused += counts.refused;
    draft.failed += counts.failed;
    draft.rowsRead += counts.rowsRead;
    draft.rowsWritten += counts.rowsWritten;
    draft.maxInFlight = Math.max(draft.maxInFlight, counts.maxInFlight);
    addNumbers(draft.codes, counts.codes);
    draft.latency.merge(counts.latency);
  }

  #addKey(counts: KeyCalls): void {
    addKey(getOrInsert(this.#keys, counts.shardKey, newKey), counts);
    if (this.#keys.size <= this.#limits.keys + 1) return;
    const least = leastOf(this.#keys, ({ usage }, key) => (key === OTHER_KEYS ? Infinity : dollarsOf(usage)));
    if (least === null) return;
    const [key, draft] = least;
    this.#keys.delete(key);
    addKey(getOrInsert(this.#keys, OTHER_KEYS, newKey), { ...draft, shard: null, operation: null, operations: {} });
  }

  #addTable({ table, answers }: TableCounts): void {
    const known = this.#tables.has(table) || this.#tables.size < this.#limits.tables;
    const layers = getOrInsert(this.#tables, known ? table : OTHER, () => new Map<string, Numbers>());
    for (const [layer, outcomes] of Object.entries(answers)) {
      addNumbers(
        getOrInsert(layers, layer, () => ({})),
        outcomes as Numbers,
      );
    }
  }

  #addQueue({ ageMs, backlog, ...counts }: QueueCounts): void {
    this.#queue.batches += counts.batches;
    this.#queue.messages += counts.messages;
    this.#queue.retried += counts.retried;
    this.#queue.deadLettered += counts.deadLettered;
    if (backlog !== null) this.#queue.backlog = backlog;
    this.#queueAge.merge(ageMs);
  }
}

/** Nothing, of all that is counted. */
export const NO_COUNTS: Counts = new Tally({ operations: 0, shards: 0, keys: 0, tables: 0 }).toCounts();

/** Combinations of kind, mode and source that the rest is kept by, at most. */
const OTHER_OPERATIONS = 40;

const nameOf = ({ hash, name, kind, role, mode, source }: OperationKey): string =>
  `${hash}\n${kind}\n${mode}\n${source}\n${role}\n${name ?? ''}`;

const newOperation = ({ hash, name, kind, role, mode, source }: OperationKey): OperationDraft => ({
  key: { hash, name, kind, role, mode, source },
  requests: 0,
  failed: 0,
  errors: {},
  latency: new QuantileSketch(),
  usage: noUsage(),
});

function addOperation(draft: OperationDraft, counts: Omit<OperationCounts, keyof OperationKey>): void {
  draft.requests += counts.requests;
  draft.failed += counts.failed;
  addNumbers(draft.errors, counts.errors);
  draft.latency.merge(counts.latency);
  addUsage(draft.usage, counts.usage);
}

const newShard = (): ShardDraft => ({
  calls: 0,
  refused: 0,
  failed: 0,
  codes: {},
  latency: new QuantileSketch(),
  maxInFlight: 0,
  rowsRead: 0,
  rowsWritten: 0,
});

const newKey = (): KeyDraft => ({
  ...{ shard: null, requests: 0, usage: noUsage(), operation: null, votes: 0 },
  operations: new TopCounts(MAX_KEY_OPERATIONS),
});

function addKey(draft: KeyDraft, counts: Omit<KeyCalls, 'shardKey'>): void {
  const { shard, requests, usage, operation, operations = {} } = counts;
  draft.shard = shard ?? draft.shard;
  draft.requests += requests;
  addUsage(draft.usage, usage);
  draft.operations.addAll(operations);
  if (operation === null) return;
  if (operation === draft.operation) draft.votes += requests;
  else if (requests > draft.votes) {
    draft.votes = requests - draft.votes;
    draft.operation = operation;
  } else draft.votes -= requests;
}

function addNumbers(to: Numbers, added: CodeCounts): void {
  for (const name in added) to[name] = (to[name] ?? 0) + added[name]!;
}

function leastOf<Value>(
  map: ReadonlyMap<string, Value>,
  weigh: (value: Value, key: string) => number,
): [key: string, value: Value] | null {
  let least: [string, Value] | null = null;
  let weight = Number.POSITIVE_INFINITY;
  for (const [key, value] of map) {
    const its = weigh(value, key);
    if (its >= weight) continue;
    least = [key, value];
    weight = its;
  }
  return least;
}
