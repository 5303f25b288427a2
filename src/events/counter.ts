interface CounterSample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly count: number;
}

type Level = Map<string, Level | number>;

/** Counts by labels, as Prometheus does: each combination of their values is counted by itself. */
export class Counter<const Labels extends readonly string[]> {
  readonly #labels: Labels;
  /** One level of maps per label. */
  readonly #counts: Level = new Map();

  constructor(...labels: Labels) {
    this.#labels = labels;
  }

  /** @param values of the labels, in their order. */
  add(values: { readonly [Index in keyof Labels]: string }, times = 1): void {
    let level = this.#counts;
    const last = values.length - 1;
    for (let at = 0; at < last; at++) {
      let next = level.get(values[at]!) as Level | undefined;
      if (next === undefined) {
        next = new Map();
        level.set(values[at]!, next);
      }
      level = next;
    }
    level.set(values[last]!, ((level.get(values[last]!) as number | undefined) ?? 0) + times);
  }

  clear(): void {
    this.#counts.clear();
  }

  get samples(): readonly CounterSample<Labels[number]>[] {
    return [...leavesOf(this.#counts, [])].map(({ values, count }) => ({
      labels: Object.fromEntries(this.#labels.map((label, at) => [label, values[at]!])) as Record<
        Labels[number],
        string
      >,
      count,
    }));
  }
}

function* leavesOf(
  level: Level,
  values: readonly string[],
): Generator<{ readonly values: readonly string[]; readonly count: number }> {
  for (const [value, below] of level) {
    if (typeof below === 'number') yield { values: [...values, value], count: below };
    else yield* leavesOf(below, [...values, value]);
  }
}
