/** What an isolate of the Worker tells the `Monitor` of its requests: what is new since its last report. All of it is bounded. */
import type { CacheOutcome, EventType } from '../events/event.ts';
import type { Sketch } from '../lib/quantile-sketch.ts';
import type { ConsistencyMode } from '../model/types.ts';
import type { IndexNeeds } from './plan/index-needs.ts';
import type { Lookup } from './plan/lookup.ts';
import type { ShardKey } from './shard-key.ts';
import type { Usage } from './usage.ts';

/**
 * What counts as an operation: those of GraphQL; `request`: one to another path, and one to `/graphql` that was refused before its
 * document was known; `queue`: a batch of messages; `alarm`: what shards do by themselves; `monitor`: what watching costs.
 */
const OPERATION_KINDS = ['query', 'mutation', 'request', 'queue', 'alarm', 'monitor'] as const;

export type OperationKind = (typeof OPERATION_KINDS)[number];

/** The strictest mode that an operation has read in; NONE: it has read nothing. */
export const OPERATION_MODES = ['NONE', 'CACHED', 'SESSION', 'BOUNDED', 'STRONG'] as const satisfies readonly (
  | ConsistencyMode
  | 'NONE'
)[];

export type OperationMode = (typeof OPERATION_MODES)[number];

/** The furthest that an operation had to go. */
export const OPERATION_SOURCES = ['none', 'memory', 'kv', 'shard'] as const;

export type OperationSource = (typeof OPERATION_SOURCES)[number];

/** Stands for all operations that there was no room for, and for all such shard keys. */
export const OTHER = 'other';

export interface OperationKey {
  /**
   * 16 hexadecimal digits of the SHA-256 of the operation's text, in which no value is, so that one operation with other literals is the
   * same; see `OperationIdentity`. Of what is no operation of GraphQL, its name. {@link OTHER}: the rest.
   */
  readonly hash: string;
  /** Of a GraphQL operation, null where it has none; of another request its path. */
  readonly name: string | null;
  readonly kind: OperationKind;
  readonly role: string;
  readonly mode: OperationMode;
  readonly source: OperationSource;
}

/** Error codes (`ErrorCode`), and how many requests failed, or had a field that failed, with each. */
export type CodeCounts = Readonly<Record<string, number>>;

export interface OperationCounts extends OperationKey {
  readonly requests: number;
  /** Requests with at least one error. */
  readonly failed: number;
  readonly errors: CodeCounts;
  /** From the request's arrival to its answer, in milliseconds. */
  readonly latency: Sketch;
  readonly usage: Usage;
}

/** Calls to a shard. */
export interface ShardCalls {
  readonly shard: string;
  /** That were answered. */
  readonly calls: number;
  /** That were not sent, since too many were waiting. */
  readonly refused: number;
  /** That threw or came too late. */
  readonly failed: number;
  /** Why calls were refused or failed, and what the shard refused answered ones with. */
  readonly codes: CodeCounts;
  /** Of answered ones, from sending to answer, in milliseconds. */
  readonly latency: Sketch;
  /** The most that this isolate had under way at the same time. */
  readonly maxInFlight: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

/** What was done for one shard key: by requests that touch no other. */
export interface KeyCalls {
  /** Empty: of the rest. Null: not known, since only caches were asked. */
  readonly shard: string | null;
  /** {@link OTHER_KEYS}: of the rest, and of requests of several shard keys or of none. */
  readonly shardKey: ShardKey;
  readonly requests: number;
  readonly usage: Usage;
  /** Hash of the operation that most of these requests are, if one is (Boyer and Moore's majority vote). Null: none. */
  readonly operation: string | null;
  /**
   * Hashes of the operations that these requests are, with how many are of each: at least those that are asked for most often, at most
   * {@link MAX_KEY_OPERATIONS}. Missing in what another release has written.
   */
  readonly operations?: Readonly<Record<string, number>>;
}

/** How many operations are counted separately for one shard key. */
export const MAX_KEY_OPERATIONS = 5;

/** No shard key, as those are JSON arrays. */
export const OTHER_KEYS = OTHER as ShardKey;

/** What became of answers on their way through the cache, of one table. */
export interface TableCounts {
  /** Its GraphQL type. */
  readonly table: string;
  /** By layer (`AnswerSource`) and outcome: `{ memory: { hit: 3 }, shard: { miss: 1, fill: 1 } }`. */
  readonly answers: Readonly<Record<string, Readonly<Partial<Record<CacheOutcome, number>>>>>;
}

/** Counts of what is remembered between requests. */
interface MemoCounts {
  readonly hits: number;
  readonly misses: number;
}

/** Messages of the queue, as its consumer has seen them. */
export interface QueueCounts {
  readonly batches: number;
  readonly messages: number;
  /** They are delivered again. */
  readonly retried: number;
  /** They were given up, and are kept as dead letters. */
  readonly deadLettered: number;
  /** Messages that wait, as the platform has told last; null: it has not. */
  readonly backlog: number | null;
  /** Age of the oldest message of a batch, in milliseconds. */
  readonly ageMs: Sketch;
}

/** What an isolate counts, and what the monitor adds up over windows and over all time. */
export interface Counts {
  readonly operations: readonly OperationCounts[];
  readonly shards: readonly ShardCalls[];
  readonly keys: readonly KeyCalls[];
  readonly tables: readonly TableCounts[];
  readonly events: Readonly<Partial<Record<EventType, number>>>;
  /** By `CacheKvOperation`. */
  readonly kv: Readonly<Record<string, number>>;
  /** Requests that were refused for who sent them or how much they asked, by code. */
  readonly denials: CodeCounts;
  /** Of parsed documents. */
  readonly documentCache: MemoCounts;
  /** Of plans of operations. */
  readonly planCache: MemoCounts;
  readonly queue: QueueCounts;
}

export interface IsolateReport extends Counts {
  /** A UUID. */
  readonly isolate: string;
  /** From 1 on, one more each. One that comes twice counts once. */
  readonly sequence: number;
  /** Version of the Worker as the platform names it; null: `CF_VERSION_METADATA` is not bound. */
  readonly release: string | null;
  /** Invalidations are sent to a queue: `INVALIDATIONS` is bound. Absent: an earlier release does not tell. */
  readonly hasQueue?: boolean;
  /** What it tells happened between the two, in milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of operations that the isolate has not told of before: what their hashes are of. */
  readonly documents: readonly OperationDocument[];
  /** What the isolate keeps between requests, estimated. */
  readonly memoryBytes: number;
  readonly slow: readonly SlowOperation[];
  /** By what rows were looked up, each told once in an hour. Absent: an earlier release does not tell. */
  readonly lookups?: readonly Lookup[];
}

export interface OperationDocument {
  readonly hash: string;
  /** Without values; at most 2,000 characters of it. */
  readonly text: string;
}

/** A request worth looking at: slower, or with more rows read, than the settings say. */
export interface SlowOperation {
  readonly hash: string;
  readonly name: string | null;
  readonly role: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly rowsRead: number;
  readonly shards: readonly string[];
  /** Null: several, or none. */
  readonly shardKey: ShardKey | null;
  readonly requestId: string;
  /** The first error's; null: there is none. */
  readonly code: string | null;
  readonly reads: readonly SlowRead[];
  /** Without values. */
  readonly document: string;
}

/** A read of a slow operation, with what an index for it can be worked out from. */
export interface SlowRead {
  /** Response keys from the root, with dots. */
  readonly field: string;
  /** The root first, then relations that are read with it. */
  readonly needs: readonly IndexNeeds[];
  readonly keys: number;
  readonly rowsRead: number;
  /** Of the root. */
  readonly rowsReturned: number;
  readonly durationMs: number;
  /** Outline of the plan, without values. */
  readonly plan: string;
}
