import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnswerState,
  addSeen,
  holdsSeen,
  MAX_SEEN_SHARDS,
  mergeSeen,
  NOTHING_SEEN,
} from '../../src/shards/seen-versions.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';

const stateOf = (shard: string, version: number, epoch = 1): AnswerState => ({
  snapshots: [{ shard, asOf: version, changed: version }],
  epoch,
});

describe('what a session has seen', () => {
  it('is nothing of a shard that it has not met', () => {
    const seen = addSeen(NOTHING_SEEN, stateOf('busy', 900));
    expect(holdsSeen(stateOf('idle', 1), seen)).toBe(true);
    expect([holdsSeen(stateOf('busy', 899), seen), holdsSeen(stateOf('busy', 900), seen)]).toEqual([false, true]);
  });

  it('stays what it is if nothing is added to it', () => {
    const seen = addSeen(NOTHING_SEEN, stateOf('a', 5));
    expect(addSeen(seen, stateOf('a', 4))).toBe(seen);
    expect(mergeSeen(seen, NOTHING_SEEN)).toBe(seen);
    expect(mergeSeen(NOTHING_SEEN, seen)).toBe(seen);
  });

  const runs = propertyRuns(300);
  it(`is asked of every answer, however much it was, within bounds (${describeRuns(runs)})`, () => {
    // More shards than are listed, and parts that are merged in any order.
    const shard = fc.nat(2 * MAX_SEEN_SHARDS).map((index) => `shard-${index}`);
    const snapshot = fc.record({ shard, asOf: fc.nat(1_000), changed: fc.nat(1_000) });
    const answer = fc.record({
      snapshots: fc.uniqueArray(snapshot, { minLength: 1, maxLength: 60, selector: (each) => each.shard }),
      epoch: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 8 }), fc.array(fc.boolean()), answer, (shown, sides, candidate) => {
        let left = NOTHING_SEEN;
        let right = NOTHING_SEEN;
        for (const [index, each] of shown.entries()) {
          if (sides[index]) left = addSeen(left, each);
          else right = addSeen(right, each);
        }
        const seen = mergeSeen(left, right);
        const isOlderEpoch = shown.some(({ epoch }) => candidate.epoch < epoch);
        const lacks = candidate.snapshots.some((held) =>
          shown.some(({ snapshots }) =>
            snapshots.some((each) => each.shard === held.shard && each.changed > held.asOf),
          ),
        );
        if (isOlderEpoch || lacks) expect(holdsSeen(candidate, seen)).toBe(false);
        const met = new Set(shown.flatMap(({ snapshots }) => snapshots.map((each) => each.shard)));
        // Nothing was summed up: then nothing else is asked either.
        if (met.size <= MAX_SEEN_SHARDS && !isOlderEpoch && !lacks) expect(holdsSeen(candidate, seen)).toBe(true);
        expect(seen.versionByShard.size).toBeLessThanOrEqual(MAX_SEEN_SHARDS);
      }),
      runs,
    );
  });
});
