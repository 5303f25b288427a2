import { ShardQLError } from '../../errors.ts';

/** When those who are refused should try again, in milliseconds: restarts take seconds. */
const RETRY_AFTER_MS = 2_000;

/**
 * Keeps a database that went back to a bookmark of the platform from being used before the catalog has granted slots to it. It
 * remembers slots and versions of then, and cannot know that they are past. So in maintenance, in which alone databases go back, each
 * life of a shard asks the catalog first.
 */
export class RestoredFence {
  /** Whether this shard is being restored. */
  readonly #ask: () => Promise<boolean>;
  #isDown: boolean;

  /** Null: not in maintenance. */
  constructor(ask: (() => Promise<boolean>) | null) {
    this.#ask = ask ?? (async () => false);
    this.#isDown = ask === null;
  }

  /** The database is what the catalog takes it for. */
  get isDown(): boolean {
    return this.#isDown;
  }

  /** The catalog has granted slots. */
  lift(): void {
    this.#isDown = true;
  }

  /** Why the database must not be used now; null: it may be. */
  async refusal(): Promise<ShardQLError | null> {
    if (this.#isDown) return null;
    const isRestoring = await this.#ask().catch(() => true);
    // It may have been lifted meanwhile.
    this.#isDown ||= !isRestoring;
    return this.#isDown ? null : beingRestored();
  }
}

const beingRestored = (): ShardQLError =>
  new ShardQLError(
    'SHARD_UNAVAILABLE',
    'Expected a shard that serves, but got one that is going back to a bookmark; repeat the request later.',
    { retryable: true, retryAfterMs: RETRY_AFTER_MS },
  );
