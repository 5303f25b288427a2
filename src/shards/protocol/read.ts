import type { WireError } from '../errors.ts';
import type { ReadCall } from '../plan/read.ts';
import type { SlotRange } from '../slots.ts';
import type { Version } from '../version.ts';
import type { KeptAnswers, Refused, RequestEnvelope, WorkCounts, WrongShard } from './envelope.ts';

export interface ReadRequest extends RequestEnvelope, KeptAnswers {
  readonly calls: readonly ReadCall[];
  /**
   * For each call, what its answer shows as the JSON text of a `TextShape`; null: nobody has said. The shard may then give rows as text,
   * where it can. Absent: of no call, or from the release before.
   */
  readonly shapes?: readonly (string | null)[] | undefined;
  /** Rows are answered as they were after the last commit up to this version. Absent: as they are. Needs protocol 4. */
  readonly asOf?: Version | undefined;
  /** How many bytes the answers of all calls may take; a call beyond that `isTooLarge`. Absent: as many as fit into an RPC. */
  readonly maxBytes?: number | undefined;
}

/** All calls are answered from one state of the shard; `slots` are those it owned in that state. */
export interface ReadAnswer {
  readonly status: 'OK';
  readonly epoch: number;
  readonly asOf: Version;
  readonly slots: readonly SlotRange[];
  /** Slots of placed shard keys that it would own by their hash, and for which others speak. Absent: there are none. */
  readonly placedAway?: readonly SlotRange[];
  /** One per call, in order. */
  readonly outcomes: readonly CallOutcome[];
  readonly counts: WorkCounts;
}

export type ReadReply = ReadAnswer | WrongShard | Refused;

/** How much of the text that follows the answer, after a line feed, is the rows of a call. */
export interface TextPlace {
  readonly characters: number;
  readonly rows: number;
}

/** Outcome of one call: an {@link Answer} per key, or the reason this call alone failed. */
export type CallOutcome =
  | {
      readonly answers: readonly unknown[];
      /** The rows of its only answer are text: see `WrittenAnswer`. The texts of all calls follow each other. Absent: they are cells. */
      readonly text?: TextPlace;
      /**
       * One per shard key of the call, in order, or a single one for a scatter: the version of the last commit to the
       * tables that the plan looks at. Where that has been forgotten it is an upper bound; absent (from the release
       * before), it is the answer's `asOf`.
       */
      readonly changed?: readonly Version[];
      /**
       * How long these answers may be kept, in milliseconds from their asking: for so long the shard publishes what changes under
       * their shard keys. Absent: it does not.
       */
      readonly coveredMs?: number;
      /** Absent: the call is the only one of its request, or the shard is of the release before. */
      readonly rowsRead?: number;
    }
  | { readonly wrongShard: true }
  /** Only where the request says how many bytes answers may take. */
  | { readonly isTooLarge: true }
  | { readonly error: WireError };
