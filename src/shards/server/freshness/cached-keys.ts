import type { ShardKey } from '../../shard-key.ts';

/**
 * A clock that was not looked at for so long, in milliseconds, may have been set ahead meanwhile, by any amount; else by less
 * than this, which is added to every life.
 */
export const CLOCK_GAP_MS = 60_000;

/**
 * Shard keys with answers that may still be cached: a change under any other needs no stamps. Memory is bounded; when it is
 * lost, or the clock cannot be trusted, every shard key counts as cached for one life.
 */
export class CachedKeys {
  readonly #maxKeys: number;
  /** Until when an answer of each may be cached, in milliseconds since 1970; least recently cached first. */
  readonly #untilMsByKey = new Map<ShardKey, number>();
  #longestLifeMs: number;
  #everythingUntilMs = Number.NEGATIVE_INFINITY;
  #lookedAtMs: number;

  /** `lifeMs`: longest life of a cached answer that is known. */
  constructor(lifeMs: number, maxKeys: number, nowMs: number) {
    this.#longestLifeMs = lifeMs;
    this.#maxKeys = maxKeys;
    this.#lookedAtMs = nowMs;
  }

  /** `lifeMs`: how long the answers may be kept. */
  track(shardKey: ShardKey, lifeMs: number, nowMs: number): void {
    this.#look(nowMs);
    this.#longestLifeMs = Math.max(this.#longestLifeMs, lifeMs);
    const untilMs = Math.max(this.#untilMsByKey.get(shardKey) ?? 0, nowMs + lifeMs + CLOCK_GAP_MS);
    if (!this.#untilMsByKey.delete(shardKey) && this.#untilMsByKey.size >= this.#maxKeys) this.#makeRoom(nowMs);
    this.#untilMsByKey.set(shardKey, untilMs);
  }

  /** From now on, for one life, every shard key counts as cached. */
  trackEverything(nowMs: number): void {
    this.#everythingUntilMs = Math.max(this.#everythingUntilMs, nowMs + this.#longestLifeMs + CLOCK_GAP_MS);
  }

  has(shardKey: ShardKey, nowMs: number): boolean {
    this.#look(nowMs);
    if (nowMs <= this.#everythingUntilMs) return true;
    const untilMs = this.#untilMsByKey.get(shardKey);
    return untilMs !== undefined && nowMs <= untilMs;
  }

  #look(nowMs: number): void {
    if (nowMs - this.#lookedAtMs > CLOCK_GAP_MS) this.trackEverything(nowMs);
    this.#lookedAtMs = nowMs;
  }

  #makeRoom(nowMs: number): void {
    for (const [shardKey, untilMs] of this.#untilMsByKey) {
      if (nowMs <= untilMs) break;
      this.#untilMsByKey.delete(shardKey);
    }
    if (this.#untilMsByKey.size < this.#maxKeys) return;
    this.#untilMsByKey.clear();
    this.trackEverything(nowMs);
  }
}
