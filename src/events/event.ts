import type { Actor } from './actor.ts';

/**
 * What ShardQL reports about itself: a closed set, by layer. Events hold no keys and no values of rows, other than what an
 * unexpected error may quote.
 */
export type Event = HttpEvent | CacheEvent | ShardClientEvent | ShardEvent | CatalogEvent | MonitorEvent;

export type EventType = Event['type'];

export type EventOf<Type extends EventType> = Extract<Event, { readonly type: Type }>;

/** A request, or a field of it, failed unexpectedly; its client sees the request id alone. */
export interface RequestFailed {
  readonly type: 'request-failed';
  readonly requestId: string;
  /** Of the trace that the request is part of. */
  readonly traceId?: string | undefined;
  /** Of the field, in the response; undefined where no field ran. */
  readonly path?: readonly (string | number)[] | undefined;
  readonly error: unknown;
  /** Logged for people who develop, not as JSON for log collectors. */
  readonly asText?: true;
}

interface SlowOperationLogged {
  readonly type: 'slow-operation';
  readonly requestId: string;
  readonly traceId?: string | undefined;
  /** Of the operation, as in `OperationKey`. */
  readonly hash: string;
  readonly name: string | null;
  readonly role: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly rowsRead: number;
  readonly shards: readonly string[];
  /** The first error's; null: there is none. */
  readonly code: string | null;
  /** Those that read most rows. */
  readonly reads: readonly {
    readonly field: string;
    readonly keys: number;
    readonly rowsRead: number;
    readonly rowsReturned: number;
    readonly durationMs: number;
    readonly plan: string;
  }[];
  /** Without values. */
  readonly document: string;
  /** How many there were since the last line, without a line of their own. */
  readonly unlogged: number;
}

type HttpEvent =
  | RequestFailed
  /** Nothing says who callers are, so all of them are refused. */
  | { readonly type: 'authentication-missing'; readonly message: string }
  /** What writes answers by their plans has failed, which is a bug of ours: the executor has shown the answer. */
  | { readonly type: 'answer-not-written'; readonly requestId: string; readonly error: unknown }
  /** A token issuer's keys could not be fetched; requests with its tokens get 503. */
  | { readonly type: 'jwks-not-fetched'; readonly error: unknown }
  /** An operator did something, or tried to. */
  | (Actor & {
      readonly type: 'operator-action';
      readonly action: string;
      /** Of what: a table, the id of an operation, the name of a key. */
      readonly target: string | null;
      /** `SUCCEEDED`, or an error code. */
      readonly outcome: string;
      readonly requestId: string;
    })
  /** A request was refused for who sent it, or for how much it asked. Counted; `denial` has a sample. */
  | { readonly type: 'request-denied'; readonly code: string }
  /** One that was refused, of all that were: see `Denials`. `role`: null if the caller is not known. */
  | (Omit<Actor, 'role'> & {
      readonly type: 'denial';
      readonly code: string;
      readonly role: string | null;
      readonly path: string;
      readonly requestId: string;
      readonly traceId?: string | undefined;
      /** How many the isolate has refused since the last line, without a line of their own. */
      readonly unlogged: number;
    })
  /** The log has an operator's action, and the catalog could not be reached to keep it. */
  | { readonly type: 'audit-not-kept'; readonly requestId: string; readonly error: unknown }
  /** What counts requests failed or was slow, so they were answered without being counted. Reported once a minute. */
  | { readonly type: 'rate-limit-not-counted'; readonly limit: string; readonly error: unknown }
  /** A request to `/graphql` was slow, or read many rows, or failed unexpectedly. At most ten a minute of an isolate. */
  | SlowOperationLogged
  /** The collector of traces has not taken spans, which are gone. Reported once a minute. */
  | { readonly type: 'traces-not-exported'; readonly spans: number; readonly error: unknown };

/** Where an answer came from. */
export type AnswerSource = 'memory' | 'kv' | 'shard';

/** What can happen to an answer on its way through the cache. */
export type CacheOutcome =
  | 'hit'
  /** A hit that had outlived its ttl, and is refreshed. */
  | 'stale-hit'
  | 'miss'
  | 'fill'
  /** Its time was over. */
  | 'dead'
  | 'refused-by-stamp'
  | 'refused-by-bound'
  | 'refused-by-token'
  /** A stale hit could not be replaced. */
  | 'refresh-failed';

interface CacheAnswer {
  readonly type: 'cache-answer';
  readonly outcome: CacheOutcome;
  readonly layer: AnswerSource;
  /** GraphQL type of the table that the answer's own rows are of. */
  readonly table: string;
}

/** Operations on Workers KV, as it bills them: one per call, and one per key of a bulk get. */
export const KV_OPERATIONS = ['get', 'get-key', 'put', 'failed', 'timed-out'] as const;

export interface CacheKvOperation {
  readonly type: 'cache-kv-operation';
  readonly operation: (typeof KV_OPERATIONS)[number];
  readonly times: number;
}

/** A served entry is older than a commit that it should hold. Keys are hashed. */
interface CacheInconsistency {
  readonly type: 'cache-inconsistency';
  readonly shard: string;
  readonly table: string;
  readonly kind: string;
  readonly shardKeyHash: string;
  readonly keyHash: string;
  readonly version: number;
  readonly asOf: number | null;
  readonly ageMs: number;
}

type CacheEvent =
  | CacheAnswer
  | CacheKvOperation
  | CacheInconsistency
  | { readonly type: 'cache-audit-failed'; readonly shard: string; readonly error: unknown }
  /** The shards publish by themselves within 30 s. */
  | { readonly type: 'invalidations-not-sent'; readonly error: unknown }
  /** The message is delivered again, and the shard asked again. */
  | { readonly type: 'publish-not-requested'; readonly shard: string; readonly error: unknown };

type ShardClientEvent =
  | ShardUnavailable
  /** There are no dead letters any more: an operator has replayed or discarded them. */
  | { readonly type: 'dead-letters-cleared' }
  /** The monitor gave no answer: operators see no forecast. */
  | { readonly type: 'monitor-not-reached'; readonly error: unknown }
  /** The monitor did not take what an isolate has counted. It is told again. Reported once a minute. */
  | { readonly type: 'isolate-not-reported'; readonly error: unknown }
  /** What an isolate has counted is lost: the monitor could not take it, however often it was told. */
  | { readonly type: 'isolate-report-dropped'; readonly reason: string };

interface ShardUnavailable {
  /** A shard gave no answer, in as many attempts as its failure was worth. */
  readonly type: 'shard-unavailable';
  readonly shard: string;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly error: unknown;
}

/** An unexpected error in a shard; its caller gets a masked one. */
interface ShardRequestFailed {
  readonly type: 'shard-request-failed';
  /** Of the RPC. */
  readonly method: string;
  readonly table?: string | undefined;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  /** `INSERT`, say. Neither SQL nor SQLite's reason holds values. */
  readonly statement?: string;
  readonly sql?: string;
  readonly reason?: string;
  readonly error?: unknown;
}

/** Why a shard is not at the schema of its release. Members are those of the reports of `/migrations`. */
interface MigrationFailed {
  readonly type: 'migration-failed';
  readonly shard?: string | undefined;
  readonly kind?: string;
  readonly tag?: string | null;
  readonly statement?: number | null;
  readonly statements?: number | null;
  readonly sql?: string | null;
  readonly table?: string | null;
  readonly constraint?: string | null;
  readonly rows?: number | null;
  readonly message?: string;
}

type ShardEvent =
  | ShardRequestFailed
  | MigrationFailed
  /** They are tried again. */
  | { readonly type: 'stamps-not-put'; readonly keys: number }
  /** It is tried again. */
  | { readonly type: 'publishing-failed'; readonly error: unknown }
  /** A shard has reached a threshold of its capacity: `WARN`, `PLAN` or `FULL`. Once, until it has shrunk again. */
  | {
      readonly type: 'shard-filling';
      readonly shard: string;
      readonly reached: string;
      readonly bytes: number;
      readonly fullBytes: number;
    }
  /** A later report tells the same. */
  | { readonly type: 'shard-not-reported'; readonly shard: string; readonly error: unknown }
  | { readonly type: 'task-failed'; readonly task: string; readonly error: unknown }
  /** The log is far larger than it may be, since its oldest rows are needed, and not just for some minutes; see `LOG_HOLDS`.
   * Reported once an hour and life of the shard. */
  | {
      readonly type: 'log-over-budget';
      readonly shard: string;
      readonly bytes: number;
      readonly maxBytes: number;
      readonly heldBy: string;
    }
  /** The oldest commits of the log are gone, into the archive if there is one. Reported once an hour and life of the shard. */
  | {
      readonly type: 'log-trimmed';
      readonly shard: string;
      /** Of what is left. */
      readonly bytes: number;
      /** The earliest time that rows can be taken back to by the log. ISO 8601. */
      readonly restorableSince: string;
    }
  /** The bucket did not take rows of the log, which stay until it does. */
  | { readonly type: 'log-not-archived'; readonly shard: string; readonly error: unknown }
  /** It has not taken them for so long that the log became too large: commits up to this version are gone for good. */
  | {
      readonly type: 'log-trimmed-unarchived';
      readonly shard: string;
      readonly bytes: number;
      readonly hardBytes: number;
      readonly version: number;
    }
  /** A write was committed, but its rows could not be read back for the cache. */
  | { readonly type: 'read-back-failed'; readonly error: unknown };

type CatalogEvent = {
  /** The shard map could not be put to KV; the next occasion tries again. */
  readonly type: 'map-not-published';
  readonly error: unknown;
};

type MonitorEvent =
  /** A shard key has more of its shard than the setting `largeShardKeyShare` of `fullBytes`. Operators see which, at `/operator`. */
  | {
      readonly type: 'large-shard-key';
      readonly shard: string;
      /** Of the shard key. */
      readonly slot: number;
      readonly share: number;
    }
  | AlertFiring
  | AlertResolved
  /** The receiver of alerts did not take one; it is sent again, unless it is given up. */
  | { readonly type: 'alert-not-sent'; readonly id: string; readonly isGivenUp: boolean; readonly error: unknown };

/** Something has been wrong for a while, or is worse than before. */
interface AlertFiring {
  readonly type: 'alert-firing';
  readonly rule: string;
  readonly subject: string;
  readonly severity: string;
  readonly summary: string;
  readonly remedy: string;
  readonly shard: string | null;
  readonly operation: string | null;
  readonly table: string | null;
  readonly release: string | null;
}

interface AlertResolved {
  readonly type: 'alert-resolved';
  readonly rule: string;
  readonly subject: string;
  /** `GONE`, or `NOT_REPORTED`: nothing has told of it for long. */
  readonly resolution: string;
}
