import model from '../../../src/schema/model.ts';
import type { StampKv } from '../../../src/shards/server/freshness/publisher.ts';
import { stampSchema } from '../../../src/shards/stamp-schema.ts';
import { decodeStamps, type Stamps } from '../../../src/shards/stamps.ts';
import type { FakeTimers } from './fake-timers.ts';

export interface FakePut {
  readonly key: string;
  readonly value: string;
  readonly atMs: number;
  readonly ttlSeconds: number;
}

/** KV with the platform's rule of one write per second and key, and with faults as a test sets them. */
export class FakeKv implements StampKv {
  readonly values = new Map<string, string>();
  /** In the order they were sent. */
  readonly puts: FakePut[] = [];
  refused = 0;
  mostAtOnce = 0;
  /** Runs before a put lands; may throw or wait. */
  before: (put: FakePut) => void | Promise<void> = () => {};
  readonly #timers: FakeTimers;
  readonly #atMsByKey = new Map<string, number>();
  #atOnce = 0;

  constructor(timers: FakeTimers) {
    this.#timers = timers;
  }

  async put(key: string, value: string, { expirationTtl }: { readonly expirationTtl: number }): Promise<void> {
    const put = { key, value, atMs: this.#timers.now(), ttlSeconds: expirationTtl };
    this.puts.push(put);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    try {
      await this.before(put);
      const lastMs = this.#atMsByKey.get(key) ?? Number.NEGATIVE_INFINITY;
      if (put.atMs < lastMs + 1_000) {
        this.refused++;
        throw new Error('KV PUT failed: 429 Too Many Requests');
      }
      this.#atMsByKey.set(key, put.atMs);
      this.values.set(key, value);
    } finally {
      this.#atOnce--;
    }
  }

  /** The stamps that readers see; null: none. */
  stamps(key: string): Stamps | null {
    const text = this.values.get(key);
    return text === undefined ? null : decodeStamps(text, stampSchema(model));
  }
}
