/** KV as a Worker's binding, as simple as can be: what is put is there at once. */
export class MapKv {
  readonly values = new Map<string, string>();
  readonly puts: string[] = [];

  async get(keys: string | readonly string[]): Promise<unknown> {
    // The router asks for single keys, as JSON: its copy of the map, which is not kept here.
    return Array.isArray(keys) ? new Map(keys.map((key) => [key, this.values.get(key) ?? null])) : null;
  }

  async put(key: string, value: string): Promise<void> {
    this.puts.push(key);
    this.values.set(key, value);
  }
}
