/** Dead letters: invalidation messages that could not be consumed. The catalog keeps them until they are replayed. */

/** Greatest number of letters that are named at once. */
export const MAX_DEAD_LETTER_IDS = 100;

export const DEAD_LETTER_REASONS = ['UNKNOWN_FORMAT', 'NOT_PUBLISHED'] as const;

/** `UNKNOWN_FORMAT`: this release does not understand it. `NOT_PUBLISHED`: its shard failed to publish repeatedly. */
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

export interface NewDeadLetter {
  /** The message's. */
  readonly id: string;
  /** When the message was sent, in milliseconds since 1970. */
  readonly sentAtMs: number;
  readonly reason: DeadLetterReason;
  /** The message's body as JSON text. */
  readonly body: string;
}

export interface DeadLetter extends NewDeadLetter {
  /** Counts dead letters. */
  readonly seq: number;
}

/**
 * Whether a queue is one of dead letters, by its name, since batches tell nothing else: `-dead` ends it, or what stands before the name of
 * an environment does, as in `events-dead-staging`.
 */
export const isDeadLetterQueue = (queue: string): boolean => /-dead(?:-|$)/.test(queue);
