import type { Counter } from '../../../src/events/counter.ts';

/** How often something was counted with these labels, whatever the others. */
export const sumOf = (counter: Counter<readonly string[]>, labels: Readonly<Record<string, string>>): number =>
  counter.samples
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { count }) => sum + count, 0);
