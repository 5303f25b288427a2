/** A location remembers for so long that there was no value. */
const ABSENCE_MS = 60_000;
/** Of keys that shards put. */
const STAMPS_PREFIX = 's:';

/** Workers KV as one sees it who pays: each key that is read counts, found or not, and each put that is accepted. */
export class MeteredKv {
  reads = 0;
  puts = 0;
  readonly #now: () => number;
  /** Where Workers are: until when they know of each key that it has no value. Shards, which only put, are elsewhere. */
  readonly #absentUntilMs = new Map<string, number>();
  readonly #entries = new Map<string, { readonly value: string; readonly putAtMs: number; readonly endMs: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  async get(keys: string | readonly string[], options?: { readonly type?: string }): Promise<unknown> {
    const names = typeof keys === 'string' ? [keys] : keys;
    this.reads += names.length;
    const values = new Map(names.map((name) => [name, this.#read(name)]));
    if (typeof keys !== 'string') return values;
    const value = values.get(keys) ?? null;
    return options?.type === 'json' && value !== null ? JSON.parse(value) : value;
  }

  async put(name: string, value: string, { expirationTtl }: { readonly expirationTtl?: number } = {}): Promise<void> {
    const nowMs = this.#now();
    if (!name.startsWith(STAMPS_PREFIX)) this.#absentUntilMs.delete(name);
    const before = this.#entries.get(name);
    if (before !== undefined && nowMs - before.putAtMs < 1_000) throw new Error('KV PUT failed: 429 Too Many Requests');
    this.puts++;
    const lifeMs = expirationTtl === undefined ? Number.POSITIVE_INFINITY : expirationTtl * 1_000;
    this.#entries.set(name, { value, putAtMs: nowMs, endMs: nowMs + lifeMs });
  }

  #read(name: string): string | null {
    const nowMs = this.#now();
    if (nowMs < (this.#absentUntilMs.get(name) ?? 0)) return null;
    const entry = this.#entries.get(name);
    if (entry !== undefined && nowMs < entry.endMs) return entry.value;
    this.#absentUntilMs.set(name, nowMs + ABSENCE_MS);
    return null;
  }
}
