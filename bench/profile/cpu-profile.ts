/** What the profiler gives: a tree of calls, and which of its nodes was running at each sample. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

/** Lines and columns count from 0. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface Shares {
  /** Microseconds in the thing itself, by its name, most first. */
  readonly self: readonly (readonly [name: string, micros: number])[];
  /** Microseconds in it and in all it called; a thing that called itself counts once. */
  readonly total: readonly (readonly [name: string, micros: number])[];
  /** All time but the idle. */
  readonly busyMicros: number;
}

const IDLE = '(idle)';

/** Shares of isolates that take turns in one process. */
export function sumOfShares(all: readonly Shares[]): Shares {
  const sumBy = (of: (shares: Shares) => Shares['self']) => {
    const sums = new Map<string, number>();
    for (const shares of all) for (const [name, micros] of of(shares)) add(sums, name, micros);
    return mostFirst(sums);
  };
  return {
    self: sumBy(({ self }) => self),
    total: sumBy(({ total }) => total),
    busyMicros: all.reduce((sum, { busyMicros }) => sum + busyMicros, 0),
  };
}

/** Adds up a profile by names that `nameOf` gives to call frames. */
export function sharesOf({ nodes, samples, timeDeltas }: CpuProfile, nameOf: (frame: CallFrame) => string): Shares {
  const nodeById = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const nameById = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  let busyMicros = 0;
  for (const [index, sample] of samples.entries()) {
    const micros = timeDeltas[index]!;
    if (nodeById.get(sample)!.callFrame.functionName === IDLE) continue;
    busyMicros += micros;
    add(self, nameById.get(sample)!, micros);
    const onStack = new Set<string>();
    for (let id: number | undefined = sample; id !== undefined; id = parentOf.get(id)) onStack.add(nameById.get(id)!);
    for (const name of onStack) add(total, name, micros);
  }
  return { self: mostFirst(self), total: mostFirst(total), busyMicros };
}

const add = (sums: Map<string, number>, name: string, micros: number): void => {
  sums.set(name, (sums.get(name) ?? 0) + micros);
};

const mostFirst = (sums: ReadonlyMap<string, number>) => [...sums].sort(([, a], [, b]) => b - a);
