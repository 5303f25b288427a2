import { getOrInsert } from '../../../lib/get-or-insert.ts';

interface End {
  readonly atMs: number;
}

/** Which shards are making writes of this isolate now. */
export class WritesUnderWay {
  /** When each is over at the latest, since requests may end without a word; milliseconds since 1970. */
  readonly #ends = new Map<string, Set<End>>();

  /** Whether the shard is making one. */
  has(shard: string, nowMs: number): boolean {
    const ends = this.#ends.get(shard);
    return ends !== undefined && sweep(ends, nowMs) > 0;
  }

  /** One begins, which is over at `deadlineMs`, or once what this gives is called. */
  begin(shard: string, nowMs: number, deadlineMs: number): () => void {
    const ends = getOrInsert(this.#ends, shard, () => new Set<End>());
    sweep(ends, nowMs);
    const end = { atMs: deadlineMs };
    ends.add(end);
    return () => ends.delete(end);
  }
}

/** How many are left. Those that began first are over first, or nearly so. */
function sweep(ends: Set<End>, nowMs: number): number {
  for (const end of ends) {
    if (end.atMs > nowMs) break;
    ends.delete(end);
  }
  return ends.size;
}
