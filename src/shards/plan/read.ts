/** Reads: a plan with its values and keys, before it is known which shards answer it, and as it travels to one. */
import type { WireValue } from '../../model/types.ts';
import type { AnswerState } from '../seen-versions.ts';
import type { ShardKey } from '../shard-key.ts';
import type { Version } from '../version.ts';
import type { Answer } from './answer.ts';
import { type CompiledPlan, parsePlan } from './compiled-plan.ts';
import type { PlanNode } from './node.ts';
import type { RowsText } from './text-shape.ts';
import type { PlanValue } from './value.ts';

/** Values of the columns that a node matches. */
type Key = readonly WireValue[];

/** What a reader asks. */
export interface Read<Node extends PlanNode = PlanNode> {
  readonly plan: CompiledPlan<Node>;
  readonly values: readonly PlanValue[];
  /** One per answer; `[[]]` when the node's `match` is empty. */
  readonly keys: readonly Key[];
  /** The shard key of each key, where it is known: only that shard is asked. Null: all shards are (a scatter). */
  readonly shardKeys: readonly ShardKey[] | null;
  /** Rows are read as they were after the last commit up to this version, in each shard. Absent: as they are. */
  readonly asOf?: Version | undefined;
  /** No other read of the request begins in this tick, so that this one need not wait for any to travel with. Absent: some may. */
  readonly isAlone?: boolean | undefined;
  /** What the answer to its only key shows, as JSON text of a `TextShape`: rows may then come as text. Absent: they come as cells. */
  readonly shape?: string | undefined;
  /** Adds up what it costs. Absent: nobody wants to know. */
  readonly meter?: ReadMeter | undefined;
}

/** What the shards did for a read. */
export interface ReadMeter {
  /** Those of other reads included that asked the same in the same tick, since they were read once. */
  rowsRead: number;
}

/** Whether, and how long, answers are to be cached under their shard keys: the shards then stamp what changes there. */
interface Caching {
  readonly cacheable: boolean;
  /** In milliseconds. Absent: as long as any answer of the model. */
  readonly lifeMs?: number | undefined;
}

/** A read whose answers come with what is known about their age. */
export type FreshRead = Read & Caching;

/**
 * An answer with what is known about its age: a snapshot of the key's shard, or one of each shard for a scatter. Their
 * `changed` is the version of the last commit to the tables that the plan looks at, under the key's shard key.
 */
export interface FreshAnswer extends AnswerState {
  /** Where its rows are text: without them. Of a page it then has the first row and the last, where the shape says so; a row has no cells. */
  readonly answer: Answer;
  /** Absent: the rows are in the answer. */
  readonly text?: RowsText | undefined;
  /** How long the shard publishes what changes, in milliseconds from the asking; 0 or absent: it does not. */
  readonly coveredMs?: number | undefined;
}

/** Asks the shards; one answer per key, in order. */
export type AskShards = (read: FreshRead) => Promise<readonly FreshAnswer[]>;

/** What a write reads back: keys that lie under the shard key that is written. */
export type ReadBack = Omit<FreshRead, 'shardKeys'>;

/** A plan with its values, as a shard is asked. Several calls travel in one RPC. */
export interface ReadCall {
  /** Text of a plan: the shape, and the key of the shard's plan cache. */
  readonly plan: string;
  readonly values: readonly PlanValue[];
  /** One entry per key; `[[]]` when `match` is empty. */
  readonly keys: readonly Key[];
  /**
   * The shard keys the call is confined to: all rows it may read have one of them, and the shard must own their slots.
   * Null: a scatter over all slots the shard owns.
   */
  readonly shardKeys: readonly ShardKey[] | null;
  /**
   * The answers are to be cached: the shard leaves traces under their shard keys, and publishes later changes. Absent means no.
   */
  readonly cacheable?: boolean;
}

/** A read of one key whose answer may be cached: all that is needed to repeat it. */
export interface CacheableRead {
  readonly shardKey: ShardKey;
  readonly plan: ReadCall['plan'];
  readonly values: ReadCall['values'];
  readonly key: Key;
}

export const askAgain = ({ plan, values, key, shardKey }: CacheableRead): Read => ({
  plan: parsePlan(plan),
  values,
  keys: [key],
  shardKeys: [shardKey],
});
