/**
 * Workers KV as one location sees it, over the one of the local runtime, which is strongly consistent: a location keeps
 * copies of what it has read for 30 seconds, and remembers for 60 that there was nothing; entries that it puts land when a test
 * says so, the last one first, so that an old one lands on a newer one.
 */
const COPY_MS = 30_000;
const ABSENCE_MS = 60_000;

interface Copy {
  readonly text: string | null;
  readonly untilMs: number;
}

export class LocationKv {
  readonly #copies = new Map<string, Copy>();
  readonly #sent: { readonly key: string; readonly value: string }[] = [];

  /** The namespace, for one request: bindings belong to requests. */
  at(kv: KVNamespace) {
    return {
      get: async (keys: string | string[], options: { type: 'text' | 'json' }) => {
        if (!Array.isArray(keys)) return await kv.get(keys, options as never);
        const nowMs = Date.now();
        const unknown = keys.filter((key) => !(this.#copies.get(key)! && this.#copies.get(key)!.untilMs > nowMs));
        const found = unknown.length === 0 ? new Map<string, string | null>() : await kv.get(unknown, 'text');
        for (const [key, text] of found) {
          this.#copies.set(key, { text, untilMs: nowMs + (text === null ? ABSENCE_MS : COPY_MS) });
        }
        return new Map(keys.map((key) => [key, this.#copies.get(key)!.text]));
      },
      put: async (key: string, value: string) => {
        this.#sent.push({ key, value });
        const copy = this.#copies.get(key);
        if (copy !== undefined) this.#copies.set(key, { ...copy, text: value });
      },
    };
  }

  async land(kv: KVNamespace): Promise<void> {
    // Of each key, what was sent first lands last, and stays.
    const first = new Map<string, string>();
    for (const { key, value } of this.#sent.splice(0)) if (!first.has(key)) first.set(key, value);
    await Promise.all([...first].map(([key, value]) => kv.put(key, value)));
  }
}
