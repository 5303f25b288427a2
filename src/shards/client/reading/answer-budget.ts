import { ConcurrencyLimit } from '../../../lib/concurrency-limit.ts';
import { type Timers, wait } from '../../../lib/timers.ts';
import { LEAST_ANSWER_BYTES } from '../../limits.ts';
import type { RouterSettings } from '../settings.ts';

/** A call: it asks how many bytes its answer may take when it is sent, and tells how many it has. */
type Call<T> = (maxBytes: () => number) => Promise<readonly [answer: T, bytes: number]>;

/** Calls that are repeated, as their answers were too long, at the same time. */
const FEW = 4;

/**
 * Counts the bytes of shards' answers that the reads of one request take. A call gets a share of what is left, which the shard keeps to.
 * One whose answer is longer is made again with a larger share, beside a few others; and at last with all that is left, when no other call
 * is on its way.
 */
export class AnswerBudget {
  readonly limit: number;
  readonly #maxConcurrentCalls: number;
  readonly #timers: Timers;
  /** By answers. */
  #held = 0;
  /** For calls on their way. */
  #reserved = 0;
  #onTheirWay = 0;
  readonly #few = new ConcurrencyLimit(FEW);
  readonly #one = new ConcurrencyLimit(1);
  readonly #waiting: (() => void)[] = [];

  constructor(
    { maxAnswerBytes, maxConcurrentCalls }: Pick<RouterSettings, 'maxAnswerBytes' | 'maxConcurrentCalls'>,
    timers: Timers,
  ) {
    this.limit = maxAnswerBytes;
    this.#maxConcurrentCalls = maxConcurrentCalls;
    this.#timers = timers;
  }

  /** Makes one of some calls of the same time: all that are sent at once share half of what is left, as others may follow. */
  oneOf<T>(calls: number, call: Call<T>): Promise<T> {
    const atOnce = Math.min(calls, this.#maxConcurrentCalls);
    return this.#within(() => this.#shareOf(2 * atOnce), call);
  }

  /** The same beside few others. Null: that would be no more than before, as one of so many calls. */
  besideFew<T>(calls: number, call: Call<T>): Promise<T> | null {
    if (calls <= FEW) return null;
    return this.#inTurn(this.#few, () => this.#within(() => this.#shareOf(2 * FEW), call));
  }

  /** The same with all that is left, once no other call is on its way. */
  alone<T>(call: Call<T>): Promise<T> {
    return this.#inTurn(this.#one, async () => {
      while (this.#onTheirWay > 0) await new Promise<void>((resume) => this.#waiting.push(resume));
      return await this.#within(() => Math.max(0, this.#left), call);
    });
  }

  /** So many bytes are held no longer. */
  release(bytes: number): void {
    this.#held = Math.max(0, this.#held - bytes);
  }

  /** Nothing is held any longer of what has been read so far. */
  releaseAll(): void {
    this.#held = 0;
  }

  get #left(): number {
    return this.limit - this.#held - this.#reserved;
  }

  /** Short answers are let through even if there are very many: only so many are on their way. */
  #shareOf(parts: number): number {
    const left = this.#left;
    return left <= 0 ? 0 : Math.max(LEAST_ANSWER_BYTES, Math.floor(left / parts));
  }

  async #within<T>(share: () => number, call: Call<T>): Promise<T> {
    let reserved: number | undefined;
    const maxBytes = () => {
      if (reserved !== undefined) return reserved;
      reserved = share();
      this.#reserved += reserved;
      return reserved;
    };
    this.#onTheirWay++;
    try {
      const [answer, bytes] = await call(maxBytes);
      this.#held += bytes;
      return answer;
    } finally {
      this.#reserved -= reserved ?? 0;
      this.#onTheirWay--;
      if (this.#onTheirWay === 0) for (const resume of this.#waiting.splice(0)) resume();
    }
  }

  /** The next one begins when who reads this answer may have let go of a part of it. */
  #inTurn<T>(turns: ConcurrencyLimit, work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    void turns.run(async () => {
      await work().then(resolve, reject);
      await wait(this.#timers, 0);
    });
    return promise;
  }
}
