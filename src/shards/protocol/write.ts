import type { WireError } from '../errors.ts';
import type { OperationResult, WriteOperation } from '../operation.ts';
import type { ReadCall } from '../plan/read.ts';
import type { ShardKey } from '../shard-key.ts';
import type { Touched } from '../stamps.ts';
import type { Version } from '../version.ts';
import type { WriteRules } from '../write-rules.ts';
import type { KeptAnswers, RequestEnvelope, WorkCounts } from './envelope.ts';
import type { JsonText } from './json-text.ts';
import type { ReadAnswer } from './read.ts';

/** Makes a write happen once, however often clients send their request. A shard keeps it for 24 hours at least. */
export interface Idempotency {
  /** A UUID, made of who asks, the key they give, and what field it is for. The log rows have it as their origin. */
  readonly id: string;
  /** Hash of what is asked: the same id with another one is refused. */
  readonly fingerprint: string;
}

export interface WriteRequest extends RequestEnvelope, KeptAnswers {
  /** Made by the router, once per logical write: a retry with the same id has no second effect and the same answer (W3). */
  readonly operationId: string;
  /** All rows written are under these, each named once. The shard must own them all, or it does nothing. */
  readonly shardKeys: readonly ShardKey[];
  /** Applied in order, all or nothing. */
  readonly operations: readonly WriteOperation[];
  /** If given: a request with the same one is answered as the first was, and changes nothing. Needs protocol 2. */
  readonly idempotency?: Idempotency | undefined;
  /**
   * Everything is done, and then undone: answers and failures are what they would be, but nothing is written, no version is
   * used, nothing is remembered. The answer has the version of the last commit. Nothing is read back. Absent: no. Needs protocol 2.
   */
  readonly dryRun?: boolean | undefined;
  /**
   * Attempts after the first name protocol 5, so they reach only shards that find the first one in their log: its answer need not be
   * stored besides. Absent (from the release before): it has to be.
   */
  readonly rememberedByLog?: boolean | undefined;
  /**
   * The operations of earlier attempts, whose answer is asked for; with no `operations`. If none of these was applied, none will be.
   * Absent: nothing but `operations` is meant.
   */
  readonly settles?: readonly WriteOperation[] | undefined;
  /**
   * The router has other writes under way to this shard: it may wait for them, and become durable with them. Absent: it is made at once,
   * as by the release before.
   */
  readonly sharesCommit?: true | undefined;
  /** What the caller may do. Absent: everything, as operators and the system may. Needs protocol 3. */
  readonly rules?: WriteRules | undefined;
  /** Answered from the state right after the commit, in the same answer. Left out: nothing is read. */
  readonly readBack?: readonly ReadCall[] | undefined;
}

export interface WriteAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  readonly version: Version;
  /** One per operation. */
  readonly results: JsonText<readonly OperationResult[]>;
  readonly counts: WorkCounts;
  /** Shard keys whose stamps the commit left unpublished: the router sends an event for them. Absent: none. */
  readonly unpublished?: readonly ShardKey[];
  /** All that the commit changed, cascades included: the writer's own cache need not wait for the stamps. Absent: nothing. */
  readonly touched?: readonly Touched[];
  /** By which `touched` names things: see `stampSchema`. Absent without `touched`. */
  readonly stampSchema?: string;
  /** What was asked for by `readBack`; absent where that failed. */
  readonly readBack?: JsonText<ReadAnswer>;
}

/** The operation at `index`, or the request as a whole (null), failed with an expected error; nothing was written. */
export interface WriteFailed {
  readonly status: 'FAILED';
  readonly epoch: number;
  readonly index: number | null;
  /** Index of the row in the operation, if that has rows of its own. */
  readonly row?: number | undefined;
  readonly error: WireError;
}
