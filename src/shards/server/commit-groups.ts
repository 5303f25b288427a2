import type { Timers } from '../../lib/timers.ts';

/** More would keep reads that have come meanwhile waiting for long. */
const MOST_IN_GROUP = 64;
/** After this long, the timer of a group was lost with the request that had set it. */
const LOST_AFTER_MS = 1_000;

/**
 * Group commit: writes that wait at the same time share one durable commit. The runtime commits whatever was written in one turn of the
 * event loop together, and holds all answers back until that is durable; if it fails, it fails for all of them, and the object is reset. So
 * writes only have to be let in in the same turn. Each keeps its own transaction (a savepoint of the shared one), version, outcome and
 * failure.
 *
 * It costs the wait for a timer, which lets in what has arrived meanwhile. Routers ask for it when they have several writes under way to the
 * same shard; a write that is alone is made at once.
 */
export class CommitGroups {
  readonly #timers: Timers;
  #waiting: (() => void)[] = [];
  /** When the timer of the next group was set; null: there is none. */
  #setAtMs: number | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Resolves together with the other writes of a group. */
  join(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      const isSet = this.#setAtMs !== null && this.#timers.now() - this.#setAtMs < LOST_AFTER_MS;
      if (!isSet) this.#setTimer();
    });
  }

  #setTimer(): void {
    this.#setAtMs = this.#timers.now();
    this.#timers.setTimer(() => {
      const group = this.#waiting.splice(0, MOST_IN_GROUP);
      this.#setAtMs = null;
      if (this.#waiting.length > 0) this.#setTimer();
      for (const letIn of group) letIn();
    }, 0);
  }
}
