import { replayDeadLetters } from '../../cache/invalidation/dead-letters.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import type { DeadLetters } from '../../shards/client/dead-letters.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import { type DeadLetter, MAX_DEAD_LETTER_IDS } from '../../shards/dead-letter.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { ConfirmedAction } from './confirmation/confirmed.ts';
import { requirePageSize } from './page-size.ts';

/** Greatest number of letters of a page. */
export const MAX_DEAD_LETTER_PAGE = 1_000;

export interface DeadLetterPage {
  readonly nodes: readonly DeadLetter[];
  readonly hasNextPage: boolean;
  /** Null: the page is empty. */
  readonly endCursor: string | null;
}

/** Oldest first. */
export async function listDeadLetters(box: DeadLetters, first: number, after: string | null): Promise<DeadLetterPage> {
  requirePageSize(first, MAX_DEAD_LETTER_PAGE);
  const letters: DeadLetter[] = [];
  for (let seq = after === null ? 0 : seqOf(after); letters.length <= first; ) {
    const more = await box.after(seq);
    if (more.length === 0) break;
    letters.push(...more);
    seq = more.at(-1)!.seq;
  }
  const nodes = letters.slice(0, first);
  return {
    nodes,
    hasNextPage: letters.length > first,
    endCursor: nodes.length === 0 ? null : String(nodes.at(-1)!.seq),
  };
}

function seqOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw badUserInput('Expected after to be an endCursor of another page, but got another text.');
}

export interface ReplayPreview {
  /** How many would be tried. */
  readonly count: number;
}

export interface ReplayDone {
  /** Published, and gone from the dead letters. */
  readonly replayed: number;
  /** Still there. */
  readonly kept: number;
}

/** Tries dead letters again. `ids`: null: all. */
export function replay(
  box: DeadLetters,
  shards: ShardClient,
  ids: readonly string[] | null,
): ConfirmedAction<ReplayPreview, ReplayDone> {
  if (ids !== null) requireIds(ids);
  return {
    action: 'replay-dead-letters',
    target: ids === null ? null : `${ids.length} by id`,
    args: { ids },
    async preview() {
      return { count: ids === null ? await box.count() : (await found(box, ids)).length };
    },
    // What they ask for may be done at any time, and twice: letters that come meanwhile are tried, too.
    stateOf: () => null,
    stateNow: async () => null,
    perform: async () =>
      await replayDeadLetters(
        box,
        async (shard, shardKeys) => (await shards.publish(shard, shardKeys)).left,
        ids === null ? null : await found(box, ids),
      ),
  };
}

/** Has dead letters forgotten: what they ask for is not done by them. */
export function discard(
  box: DeadLetters,
  ids: readonly string[],
): ConfirmedAction<readonly DeadLetter[], readonly DeadLetter[]> {
  requireIds(ids);
  return {
    action: 'discard-dead-letters',
    target: `${ids.length} by id`,
    args: { ids },
    preview: () => found(box, ids),
    stateOf: (letters) => letters.map(({ seq }) => seq),
    async perform() {
      const letters = await found(box, ids);
      await box.remove(letters.map(({ seq }) => seq));
      return letters;
    },
  };
}

function requireIds(ids: readonly string[]): void {
  if (ids.length >= 1 && ids.length <= MAX_DEAD_LETTER_IDS) return;
  throw badUserInput(`Expected 1 to ${MAX_DEAD_LETTER_IDS} ids, but got ${ids.length}.`);
}

/** @throws ShardQLError NOT_FOUND unless all are there. */
async function found(box: DeadLetters, ids: readonly string[]): Promise<readonly DeadLetter[]> {
  const letters = await box.find(ids);
  const missing = ids.find((id) => !letters.some((letter) => letter.id === id));
  if (missing === undefined) return letters;
  throw new ShardQLError(
    'NOT_FOUND',
    `Expected ids of dead letters that are there, but got ${JSON.stringify(missing.slice(0, 100))}.`,
  );
}
