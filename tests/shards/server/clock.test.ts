import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommitClock } from '../../../src/shards/server/clock.ts';
import { versionAt } from '../../../src/shards/version.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';

const START_MS = Date.UTC(2026, 0, 1);

/** A shard's clock as of a start, on a wall clock that the test holds. */
const clockAt = (wall: { readonly ms: number }, last = 0): CommitClock => new CommitClock(() => wall.ms, last);

function commit(clock: CommitClock): number {
  const version = clock.next();
  clock.committed(version);
  return version;
}

describe('CommitClock', () => {
  it('F21b: gives a commit in the same millisecond as a read a greater version than the read saw', () => {
    const clock = clockAt({ ms: START_MS });
    const asOf = commit(clock);
    expect(clock.last).toBe(asOf);
    expect(commit(clock)).toBeGreaterThan(asOf);
  });

  it('reads as of the last commit, however long ago that was: what does not change stays as it was read', () => {
    const wall = { ms: START_MS };
    const clock = clockAt(wall);
    const version = commit(clock);
    wall.ms += 3_600_000;
    expect(clock.last).toBe(version);
  });

  it('tells the time of commits as the wall clock does, once that is past the last one', () => {
    const wall = { ms: START_MS };
    const clock = clockAt(wall);
    commit(clock);
    wall.ms += 60_000;
    expect(commit(clock)).toBe(versionAt(wall.ms) + 1);
  });

  it('F22: keeps growing while the wall clock stands still', () => {
    const clock = clockAt({ ms: START_MS });
    const versions = Array.from({ length: 5_000 }, () => commit(clock));
    expect(new Set(versions).size).toBe(versions.length);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it('leaves no trace of a version that was not committed', () => {
    const clock = clockAt({ ms: START_MS });
    const last = commit(clock);
    clock.next();
    expect(clock.last).toBe(last);
  });

  it('is not set back by an older version told late', () => {
    const clock = clockAt({ ms: START_MS });
    const first = commit(clock);
    const second = commit(clock);
    clock.committed(first);
    expect(clock.last).toBe(second);
  });

  it('goes on above what was committed by a clock that was hours ahead', () => {
    const first = clockAt({ ms: START_MS + 6 * 3_600_000 });
    const asOf = commit(first);
    const restarted = clockAt({ ms: START_MS }, asOf);
    expect(restarted.last).toBe(asOf);
    expect(restarted.next()).toBeGreaterThan(asOf);
  });

  const runs = propertyRuns(500);
  it(`holds V1 and V3 over any reads, commits, clock steps and restarts (${describeRuns(runs)})`, {
    timeout: 60 * runs.numRuns,
  }, () => {
    const event = fc.oneof(
      fc.constant({ kind: 'read' as const }),
      fc.constant({ kind: 'commit' as const }),
      fc.constant({ kind: 'rollback' as const }),
      fc.record({ kind: fc.constant('take' as const), ms: fc.integer({ min: -100_000, max: 100_000 }) }),
      fc.record({ kind: fc.constant('step' as const), ms: fc.integer({ min: -100_000_000, max: 100_000_000 }) }),
      fc.constant({ kind: 'restart' as const }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const wall = { ms: START_MS };
        let stored = 0;
        let clock = clockAt(wall);
        let greatestAsOf = 0;
        for (const next of events) {
          switch (next.kind) {
            case 'step':
              wall.ms += next.ms;
              break;
            case 'rollback':
              clock.next();
              break;
            case 'restart':
              clock = clockAt(wall, stored);
              break;
            case 'take':
              stored = Math.max(stored, versionAt(wall.ms + next.ms));
              clock.committed(stored);
              break;
            case 'read':
              expect(clock.last).toBe(stored);
              greatestAsOf = clock.last;
              break;
            case 'commit': {
              const version = commit(clock);
              expect(version).toBeGreaterThan(stored);
              expect(version).toBeGreaterThan(greatestAsOf);
              stored = version;
            }
          }
        }
      }),
      runs,
    );
  });
});
