import type { WireError } from '../errors.ts';
import type { ReadCall } from '../plan/read.ts';
import type { SlotRange } from '../slots.ts';
import type { Version } from '../version.ts';
import type { WorkCounts } from './envelope.ts';
import type { ReadRequest } from './read.ts';

/** Reads that a shard asks of itself and of others, and whose answers it merges. Calls are scatters; none is to be cached. */
export interface GatherRequest extends Omit<ReadRequest, 'lifeMs' | 'maxBytes'> {
  readonly calls: readonly (ReadCall & { readonly shardKeys: null })[];
  /** Names of the shards, of which the first is the one that is sent the request. */
  readonly shards: readonly string[];
  /** As `maxBytes` of reads, of all shards together. A shard of the release before does not know it, and would pass that on. */
  readonly maxGatheredBytes?: number | undefined;
}

export interface GatherAnswer {
  readonly status: 'OK';
  /** The newest that any of the shards knows. */
  readonly epoch: number;
  /** Those that have answered, in the order of the request. */
  readonly members: readonly GatheredShard[];
  /** Those whose call threw, which the router asks itself: it knows when to try again. */
  readonly unanswered: readonly string[];
  /** All that the members spoke for, each from the state that it has answered from. */
  readonly slots: readonly SlotRange[];
  /** As in `ReadAnswer`, of all members. */
  readonly placedAway: readonly SlotRange[];
  /** One per call, in order. */
  readonly outcomes: readonly GatherOutcome[];
  /** Of all members. */
  readonly counts: WorkCounts;
}

export interface GatheredShard {
  readonly shard: string;
  readonly asOf: Version;
  /** Per call, as in `CallOutcome`; null: the call has failed there. */
  readonly changed: readonly (Version | null)[];
}

/**
 * The merged answers of the members, one per key, to be merged with those of others; or why there are none. `isTooLarge`: those of all
 * members, or one's, do not fit into the RPC, or have more bytes than they may: the router asks each by itself.
 */
export type GatherOutcome =
  | {
      readonly answers: readonly unknown[];
      /** As in `CallOutcome`, of all members. */
      readonly rowsRead?: number;
    }
  | { readonly wrongShard: true }
  | { readonly isTooLarge: true }
  | { readonly error: WireError };
