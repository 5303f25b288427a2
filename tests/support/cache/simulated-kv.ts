/**
 * Workers KV as it really behaves, under a clock in the test's hand. The local simulator is strongly consistent and hides
 * every bug that this one shows (developers.cloudflare.com/kv/concepts/how-kv-works):
 *
 * - Each location keeps a copy of what it has read for `cacheTtl` seconds, whatever is written elsewhere; that there was nothing it
 *   remembers for 60 seconds, whatever `cacheTtl` says.
 * - A write is seen at once where it was made, as far as its location's copy goes.
 * - The last write to land wins, and writes may land in another order than they were sent.
 * - One write per second and key; more are refused with 429. Bulk gets take 100 keys; keys 512 bytes; lives 60 seconds.
 * - It may be slow, and it may be down.
 */
export interface SimulatedKvOptions {
  readonly clock: { now(): number; setTimer(callback: () => void, delayMs: number): () => void };
  /** How long a write takes to land, in milliseconds; asked for each write. Default 0. */
  readonly landingMs?: () => number;
  /** How long a read takes, in milliseconds. Default 0. */
  readonly readingMs?: () => number;
  /** What it holds from the beginning, for ever. */
  readonly values?: Readonly<Record<string, string>>;
}

interface Stored {
  readonly value: string;
  readonly expiresAtMs: number;
}

interface Copy {
  readonly stored: Stored | null;
  readonly untilMs: number;
}

const ABSENCE_MS = 60_000;

export class SimulatedKv {
  /** Reads and writes fail. */
  isDown = false;
  readonly counts = { gets: 0, keys: 0, puts: 0, refused: 0 };
  /** Every write that landed, in the order of landing. */
  readonly landed: { readonly key: string; readonly value: string; readonly atMs: number }[] = [];
  readonly #options: SimulatedKvOptions;
  readonly #values = new Map<string, Stored>();
  readonly #lastPutMs = new Map<string, number>();

  constructor(options: SimulatedKvOptions) {
    this.#options = options;
    for (const [key, value] of Object.entries(options.values ?? {}))
      this.#values.set(key, { value, expiresAtMs: Number.POSITIVE_INFINITY });
  }

  /** The namespace as a Worker at one location sees it; each call gives a location without copies. */
  location(): { get: KvGet; put: KvPut } {
    const copies = new Map<string, Copy>();
    return {
      get: async (keys, { cacheTtl = 60 }) => {
        this.counts.gets++;
        this.counts.keys += keys.length;
        if (keys.length > 100) throw new Error('KV GET_BULK failed: 400 You can request a maximum of 100 keys');
        if (cacheTtl < 30) throw new Error(`KV GET failed: 400 Invalid cache_ttl of ${cacheTtl}.`);
        await this.#sleep(this.#options.readingMs?.() ?? 0);
        if (this.isDown) throw new Error('KV GET failed: 500 Internal Server Error');
        return new Map(keys.map((key) => [key, this.#read(copies, key, cacheTtl)]));
      },
      put: async (key, value, { expirationTtl }) => {
        this.counts.puts++;
        const nowMs = this.#now();
        if (new TextEncoder().encode(key).length > 512)
          throw new Error('KV PUT failed: 414 UTF-8 encoded length too long');
        if (expirationTtl < 60) throw new Error(`KV PUT failed: 400 Invalid expiration_ttl of ${expirationTtl}.`);
        if (this.isDown) throw new Error('KV PUT failed: 500 Internal Server Error');
        if (nowMs - (this.#lastPutMs.get(key) ?? Number.NEGATIVE_INFINITY) < 1_000) {
          this.counts.refused++;
          throw new Error('KV PUT failed: 429 Too Many Requests');
        }
        this.#lastPutMs.set(key, nowMs);
        const stored = { value, expiresAtMs: nowMs + expirationTtl * 1_000 };
        await this.#sleep(this.#options.landingMs?.() ?? 0);
        this.#values.set(key, stored);
        this.landed.push({ key, value, atMs: this.#now() });
        const copy = copies.get(key);
        if (copy !== undefined) copies.set(key, { ...copy, stored });
      },
    };
  }

  /** What is stored in the centre now. */
  peek(key: string): string | null {
    const stored = this.#values.get(key);
    return stored === undefined || stored.expiresAtMs <= this.#now() ? null : stored.value;
  }

  /** What it held of a key is lost; locations keep their copies. */
  forget(key: string): void {
    this.#values.delete(key);
  }

  get keys(): string[] {
    return [...this.#values.keys()];
  }

  #read(copies: Map<string, Copy>, key: string, cacheTtlSeconds: number): string | null {
    const nowMs = this.#now();
    let copy = copies.get(key);
    if (copy === undefined || copy.untilMs <= nowMs) {
      const stored = this.#values.get(key) ?? null;
      const untilMs = nowMs + (stored === null ? ABSENCE_MS : cacheTtlSeconds * 1_000);
      copy = { stored, untilMs };
      copies.set(key, copy);
    }
    return copy.stored === null || copy.stored.expiresAtMs <= nowMs ? null : copy.stored.value;
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #sleep(ms: number): Promise<void> {
    return ms <= 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#options.clock.setTimer(resolve, ms);
        });
  }
}

type KvGet = (
  keys: readonly string[],
  options: { readonly type: 'text'; readonly cacheTtl: number },
) => Promise<Map<string, string | null>>;
type KvPut = (key: string, value: string, options: { readonly expirationTtl: number }) => Promise<void>;
