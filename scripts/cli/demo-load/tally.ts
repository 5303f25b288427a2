/** What became of the requests of one operation. */
export interface OperationTally {
  readonly name: string;
  readonly requests: number;
  /** Numbers of requests by the code of their first error. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of answers without errors, in milliseconds; null: there were none. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

interface Counts {
  readonly times: number[];
  readonly errors: Map<string, number>;
  requests: number;
}

/** Counts requests, and keeps the time of each: a load of some minutes has no more than fit in memory. */
export class Tally {
  readonly #byName = new Map<string, Counts>();

  /** @param error null: there was none. */
  add(name: string, milliseconds: number, error: string | null): void {
    const of: Counts = this.#byName.get(name) ?? { times: [], errors: new Map(), requests: 0 };
    this.#byName.set(name, of);
    of.requests++;
    if (error === null) of.times.push(milliseconds);
    else of.errors.set(error, (of.errors.get(error) ?? 0) + 1);
  }

  get requests(): number {
    return this.operations().reduce((sum, { requests }) => sum + requests, 0);
  }

  /** The one that was asked most often first. */
  operations(): OperationTally[] {
    const tallies = [...this.#byName].map(([name, { times, errors, requests }]) => ({
      name,
      requests,
      errors: Object.fromEntries(errors),
      ...quantiles(times),
    }));
    return tallies.toSorted((a, b) => b.requests - a.requests);
  }

  /** Of all operations together. */
  total(): OperationTally {
    const all = [...this.#byName.values()];
    const errors: Record<string, number> = {};
    for (const { errors: ofOne } of all) {
      for (const [code, count] of ofOne) errors[code] = (errors[code] ?? 0) + count;
    }
    return { name: 'all', requests: this.requests, errors, ...quantiles(all.flatMap(({ times }) => times)) };
  }
}

function quantiles(times: readonly number[]): Pick<OperationTally, 'p50Ms' | 'p95Ms' | 'maxMs'> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.ceil(part * sorted.length) - 1] ?? null;
  return { p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) };
}
