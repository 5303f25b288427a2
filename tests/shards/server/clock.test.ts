import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommitClock, startVersion } from '../../../src/shards/server/clock.ts';
import { versionAt } from '../../../src/shards/version.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';

const START_MS = Date.UTC(2026, 0, 1);
const UNCERTAINTY_MS = 500;

/** What a shard stores. */
interface Stored {
  last: number;
  start: number;
}

/** A shard's clock as of a start, on a wall clock that the test holds. */
function clockAt(wall: { ms: number }, stored: Stored = { last: 0, start: 0 }): CommitClock {
  const wallClock = () => wall.ms;
  stored.start = startVersion(wallClock, UNCERTAINTY_MS, stored.start);
  return new CommitClock(wallClock, stored.last, stored.start);
}

function commit(clock: CommitClock): number {
  const version = clock.next();
  clock.committed(version);
  return version;
}

describe('CommitClock', () => {
  it('F21b: gives a commit in the same millisecond as a read a greater version than the read saw', () => {
    const clock = clockAt({ ms: START_MS });
    const asOf = clock.asOf();
    expect(commit(clock)).toBeGreaterThan(asOf);
  });

  it('includes every earlier commit in asOf', () => {
    const clock = clockAt({ ms: START_MS });
    const versions = Array.from({ length: 10_000 }, () => commit(clock));
    expect(clock.asOf()).toBeGreaterThanOrEqual(Math.max(...versions));
  });

  it('follows the wall clock once that is past what was given out', () => {
    const wall = { ms: START_MS };
    const clock = clockAt(wall);
    wall.ms += 60_000;
    expect(clock.asOf()).toBe(versionAt(wall.ms));
  });

  it('F22: keeps growing while the wall clock stands still', () => {
    const clock = clockAt({ ms: START_MS });
    const versions = Array.from({ length: 5_000 }, () => commit(clock));
    expect(new Set(versions).size).toBe(versions.length);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
  });

  it('leaves no trace of a version that was not committed', () => {
    const clock = clockAt({ ms: START_MS });
    const last = clock.last;
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

  it('starts above every version and asOf of its predecessor although its wall clock is behind', () => {
    const stored = { last: 0, start: 0 };
    const wall = { ms: START_MS };
    const first = clockAt(wall, stored);
    const asOfAtOnce = first.asOf();
    const restartedAtOnce = clockAt({ ms: wall.ms - UNCERTAINTY_MS }, stored);
    expect(restartedAtOnce.next()).toBeGreaterThan(asOfAtOnce);

    wall.ms += 60_000;
    stored.last = commit(first);
    const asOfLater = first.asOf();
    const restartedLater = clockAt({ ms: wall.ms - UNCERTAINTY_MS }, stored);
    expect(restartedLater.next()).toBeGreaterThan(asOfLater);
    expect(restartedLater.next()).toBeGreaterThan(stored.last);
  });

  const runs = propertyRuns(500);
  it(`holds V1 and V3 over any reads, commits, clock steps and restarts (${describeRuns(runs)})`, {
    timeout: 60 * runs.numRuns,
  }, () => {
    const event = fc.oneof(
      fc.constant({ kind: 'read' as const }),
      fc.constant({ kind: 'commit' as const }),
      fc.constant({ kind: 'rollback' as const }),
      fc.record({ kind: fc.constant('step' as const), ms: fc.integer({ min: -100_000, max: 100_000 }) }),
      fc.record({ kind: fc.constant('restart' as const), lostMs: fc.integer({ min: 0, max: UNCERTAINTY_MS }) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        const wall = { ms: START_MS };
        const stored = { last: 0, start: 0 };
        let clock = clockAt(wall, stored);
        let latestMs = wall.ms;
        let greatestAsOf = 0;
        for (const next of events) {
          if (next.kind === 'step') wall.ms += next.ms;
          if (next.kind === 'rollback') clock.next();
          if (next.kind === 'restart') {
            wall.ms = latestMs - next.lostMs;
            clock = clockAt(wall, stored);
          }
          latestMs = Math.max(latestMs, wall.ms);
          if (next.kind === 'read') {
            const asOf = clock.asOf();
            expect(asOf).toBeGreaterThanOrEqual(stored.last);
            expect(asOf).toBeGreaterThanOrEqual(greatestAsOf);
            greatestAsOf = asOf;
          }
          if (next.kind === 'commit') {
            const version = commit(clock);
            expect(version).toBeGreaterThan(stored.last);
            expect(version).toBeGreaterThan(greatestAsOf);
            stored.last = version;
          }
        }
      }),
      runs,
    );
  });
});
