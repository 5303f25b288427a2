import { getOrInsert } from '../../../lib/get-or-insert.ts';

/** Which shards are making writes of this isolate now. */
export class WritesUnderWay {
  /** When each is over at the latest, since requests may end without a word; milliseconds since 1970. */
  readonly #ends = new Map<string, Set<{ readonly atMs: number }>>();

  /** Whether the shard is making one. */
  has(shard: string, nowMs: number): boolean {
    const ends = this.#ends.get(shard);
    if (ends === undefined) return false;
    for (const end of ends) {
      if (end.atMs > nowMs) return true;
      ends.delete(end);
    }
    return false;
  }

  /** One begins, which is over at `deadlineMs`, or once what this gives is called. */
  begin(shard: string, deadlineMs: number): () => void {
    const ends = getOrInsert(this.#ends, shard, () => new Set());
    const end = { atMs: deadlineMs };
    ends.add(end);
    return () => ends.delete(end);
  }
}
