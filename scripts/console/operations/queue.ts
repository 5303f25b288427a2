import type { Confirmation } from './confirmation.ts';

export interface DeadLetter {
  readonly id: string;
  readonly sentAt: string;
  readonly reason: string;
  readonly body: string;
}

export interface DeadLettersAnswer {
  readonly deadLetters: {
    readonly nodes: readonly DeadLetter[];
    readonly hasNextPage: boolean;
    readonly endCursor: string | null;
  };
}

export const DEAD_LETTERS = `query DeadLetters($first: Int!, $after: String) {
  deadLetters(first: $first, after: $after) {
    nodes { id sentAt reason body }
    hasNextPage
    endCursor
  }
}`;

export interface ReplayAnswer {
  readonly replayDeadLetters: {
    readonly count: number;
    readonly replayedCount: number | null;
    readonly keptCount: number | null;
    readonly confirmation: Confirmation | null;
  };
}

export const REPLAY_DEAD_LETTERS = `mutation ReplayDeadLetters($ids: [ID!], $preview: Boolean!, $confirmation: String) {
  replayDeadLetters(ids: $ids, preview: $preview, confirmation: $confirmation) {
    count replayedCount keptCount
    confirmation { token }
  }
}`;

export interface DiscardAnswer {
  readonly discardDeadLetters: {
    readonly deadLetters: readonly DeadLetter[];
    readonly confirmation: Confirmation | null;
  };
}

export const DISCARD_DEAD_LETTERS = `mutation DiscardDeadLetters($ids: [ID!]!, $preview: Boolean!, $confirmation: String) {
  discardDeadLetters(ids: $ids, preview: $preview, confirmation: $confirmation) {
    deadLetters { id sentAt reason body }
    confirmation { token }
  }
}`;
