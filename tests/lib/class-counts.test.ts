import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ClassCounts } from '../../src/lib/class-counts.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';

const runs = propertyRuns(500);

it(`counts of classes are those of a plain count (${describeRuns(runs)})`, () => {
  const step = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const counts = new ClassCounts();
      const plain = { a: 0, b: 0, c: 0, d: 0 };
      for (const { name, adds } of steps) {
        if (adds) expect(counts.add(name)).toBe(++plain[name]);
        else if (plain[name] > 0) {
          counts.remove(name);
          plain[name]--;
        }
        expect(counts.of(name)).toBe(plain[name]);
        expect(counts.most).toBe(Math.max(...Object.values(plain)));
      }
    }),
    runs,
  );
});
