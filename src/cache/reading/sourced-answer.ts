import type { AnswerSource } from '../../events/event.ts';
import type { FreshAnswer } from '../../shards/shard-read.ts';

/** An answer, and where it came from. */
export interface SourcedAnswer extends FreshAnswer {
  readonly source: AnswerSource;
  /** Observed age when it was given, in milliseconds on this isolate's clock. */
  readonly ageMs: number;
}
