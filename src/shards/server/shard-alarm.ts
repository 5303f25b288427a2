/** An alarm that is so much overdue (in milliseconds) was lost: the platform gives up on handlers that failed often. */
const LOST_AFTER_MS = 60_000;

/** The shard's one alarm: it goes off at the earliest time that anybody asked for. */
export class ShardAlarm {
  readonly #storage: Pick<DurableObjectStorage, 'setAlarm'>;
  /** Null: none is set, or it is not known. */
  #atMs: number | null = null;

  constructor(storage: Pick<DurableObjectStorage, 'setAlarm'>) {
    this.#storage = storage;
  }

  /**
   * Makes sure that the alarm goes off by then. It is stored in the same turn: with the commit that it is set after, or
   * not at all. Costs a row written only if no earlier alarm is set.
   */
  wakeBy(atMs: number, nowMs: number): void {
    if (this.#atMs !== null && this.#atMs <= atMs && nowMs < this.#atMs + LOST_AFTER_MS) return;
    this.#atMs = atMs;
    void this.#storage.setAlarm(atMs);
  }

  /** It went off. */
  wentOff(): void {
    this.#atMs = null;
  }
}
