import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../src/lib/fair-queue.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';

const takeAll = (queue: FairQueue<string>): string[] =>
  Array.from({ length: queue.size }, () => queue.take()).filter((item) => item !== undefined);

describe('a fair queue', () => {
  it('has classes take turns, each in its own order', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add(item[0]!, item);
    expect(queue.size).toBe(6);
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    expect(queue.take()).toBeUndefined();
    expect(queue.size).toBe(0);
  });

  const runs = propertyRuns(500);
  it(`lets nobody wait for a second item of another class (${describeRuns(runs)})`, () => {
    const step = fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { freq: 2 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new FairQueue<number>();
        const waiting = new Map<string, { readonly at: number; readonly seen: Map<string, number> }[]>();
        for (const [at, of] of steps.entries()) {
          if (of !== null) {
            queue.add(of, at);
            waiting.set(of, [...(waiting.get(of) ?? []), { at, seen: new Map() }]);
            continue;
          }
          const taken = queue.take();
          const [from] = [...waiting].find(([, items]) => items[0]?.at === taken) ?? [];
          if (taken === undefined) expect([...waiting.values()].flat()).toEqual([]);
          else expect(from).toBeDefined();
          if (from === undefined) continue;
          waiting.get(from)!.shift();
          for (const [other, [first]] of waiting) {
            if (other === from || first === undefined) continue;
            const count = (first.seen.get(from) ?? 0) + 1;
            expect(count).toBe(1);
            first.seen.set(from, count);
          }
        }
      }),
      runs,
    );
  });
});
