import { FairQueue } from '../../lib/fair-queue.ts';
import type { Timers } from '../../lib/timers.ts';
import { type Caller, SYSTEM } from '../protocol/envelope.ts';
import type { ReadRequest } from '../protocol/read.ts';
import type { WriteRequest } from '../protocol/write.ts';
import type { HandledRpc } from './handlers.ts';

/** Stands for the shard keys of calls that name several or none. No shard key begins with it. */
const MANY_SHARD_KEYS = '*';
/** A batch of turns should take about this long: less than timers do, and the shard would idle; more, and others would wait for it. */
const LEAST_BATCH_MS = 2;
const MOST_BATCH_MS = 4;
const MOST_IN_BATCH = 16;
/** After this long without one, the timer of the next turn was lost with the request that had set it. */
const LOST_AFTER_MS = 1_000;

/**
 * Has shard keys take turns in an overloaded shard. What waits in front of an object is answered in the order of arrival, so whoever sends
 * most is answered most, and all others wait for it. A call that waits here for its turn lets those in that have arrived since; of
 * all of them, one of each shard key is answered before the second one of any.
 *
 * It costs each call the wait for a timer. So turns are taken only once a router has seen that its calls wait, and until nobody waits any more.
 */
export class Turns {
  readonly #timers: Timers;
  readonly #waiting = new FairQueue<() => void>();
  #inBatch = 1;
  /** When the last batch began; null: none is to come. */
  #beganAtMs: number | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Some wait, so whatever arrives now has to wait for its turn. */
  get areTaken(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves when it is the turn of a call of this shard key. */
  take(of: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.add(of, resolve);
      if (this.#beganAtMs !== null && this.#timers.now() - this.#beganAtMs < LOST_AFTER_MS) return;
      this.#beganAtMs = this.#timers.now();
      this.#inBatch = 1;
      this.#next();
    });
  }

  /** Timers let in what has arrived, and the clock go on: during the work it stands still. */
  #next(): void {
    this.#timers.setTimer(() => {
      const nowMs = this.#timers.now();
      const tookMs = nowMs - (this.#beganAtMs ?? nowMs);
      if (tookMs < LEAST_BATCH_MS) this.#inBatch = Math.min(MOST_IN_BATCH, this.#inBatch * 2);
      if (tookMs > MOST_BATCH_MS) this.#inBatch = Math.max(1, this.#inBatch >> 1);
      for (let turn = 0; turn < this.#inBatch; turn++) this.#waiting.take()?.();
      this.#beganAtMs = this.#waiting.size > 0 ? nowMs : null;
      if (this.#waiting.size > 0) this.#next();
    }, 0);
  }
}

/** Whose turn a call has to wait for; null: nobody's, as for what operators and ShardQL itself ask for. */
export function turnOf(name: HandledRpc, request: { readonly caller?: Caller }): string | null {
  if (request.caller?.role === SYSTEM.role) return null;
  switch (name) {
    case 'read': {
      const { calls } = request as ReadRequest;
      const [first, ...others] = calls.map(({ shardKeys }) => (shardKeys?.length === 1 ? shardKeys[0]! : null));
      return first != null && others.every((key) => key === first) ? first : MANY_SHARD_KEYS;
    }
    case 'write': {
      const { shardKeys } = request as unknown as WriteRequest;
      return shardKeys.length === 1 ? shardKeys[0]! : MANY_SHARD_KEYS;
    }
    case 'gather':
      return MANY_SHARD_KEYS;
    default:
      return null;
  }
}
