import type { AnswerSource } from '../events/event.ts';
import type { ConsistencyMode } from '../model/types.ts';
import type { ShardKey } from './shard-key.ts';
import type { UsageName } from './usage.ts';

/** Takes what the work of a request does, as it does it, also after its answer. Nothing of it throws or waits. */
export interface WorkMeter {
  used(name: UsageName, times: number): void;
  /** Rows of the shard key are read or written. Null: of several, or of all. `shard`: where they lie; absent: not known. */
  touched(shardKey: ShardKey | null, shard?: string): void;
  /** Answers were read. */
  answered(mode: ConsistencyMode, source: AnswerSource): void;
}
