import type { ShardKey } from '../../shard-key.ts';

/**
 * Under which shard keys answers were handed out that may still be cached: a change under any other needs no stamps. In
 * bounded memory; where that is lost, everything counts as handed out for one life.
 */
export class HandedOut {
  readonly #lifeMs: number;
  readonly #maxKeys: number;
  /** When each was last handed out, in milliseconds since 1970; least recently first. */
  readonly #atMsByKey = new Map<ShardKey, number>();
  #everythingUntilMs = Number.NEGATIVE_INFINITY;

  /** `lifeMs`: longest life of a cached answer. */
  constructor(lifeMs: number, maxKeys: number) {
    this.#lifeMs = lifeMs;
    this.#maxKeys = maxKeys;
  }

  note(shardKey: ShardKey, nowMs: number): void {
    if (!this.#atMsByKey.delete(shardKey) && this.#atMsByKey.size >= this.#maxKeys) this.#makeRoom(nowMs);
    this.#atMsByKey.set(shardKey, nowMs);
  }

  /** From now on for one life, everything counts as handed out. */
  noteEverything(nowMs: number): void {
    this.#everythingUntilMs = Math.max(this.#everythingUntilMs, nowMs + this.#lifeMs);
  }

  has(shardKey: ShardKey, nowMs: number): boolean {
    if (nowMs <= this.#everythingUntilMs) return true;
    const atMs = this.#atMsByKey.get(shardKey);
    return atMs !== undefined && nowMs <= atMs + this.#lifeMs;
  }

  #makeRoom(nowMs: number): void {
    for (const [shardKey, atMs] of this.#atMsByKey) {
      if (nowMs <= atMs + this.#lifeMs) break;
      this.#atMsByKey.delete(shardKey);
    }
    if (this.#atMsByKey.size < this.#maxKeys) return;
    this.#atMsByKey.clear();
    this.noteEverything(nowMs);
  }
}
