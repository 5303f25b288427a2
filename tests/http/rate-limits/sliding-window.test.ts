import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingWindow } from '../../../src/http/rate-limits/sliding-window.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';

const RUNS = propertyRuns(300);

describe('a sliding window', () => {
  it('allows the limit, then nothing until what was first has left the window', () => {
    const window = new SlidingWindow(60_000);
    const at = (nowMs: number) => window.take(3, nowMs);
    expect([at(0), at(100), at(30_000)].map(({ isAllowed, remaining }) => [isAllowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
    ]);
    const refused = at(30_001);
    expect(refused).toEqual({ isAllowed: false, remaining: 0, resetMs: 30_999 });
    expect(at(30_001 + refused.resetMs - 1).isAllowed).toBe(false);
    expect(at(30_001 + refused.resetMs)).toMatchObject({ isAllowed: true, remaining: 1 });
  });

  it(`never allows more than the limit in any window, nor refuses what a log of all times allows but for a sixtieth (${describeRuns(RUNS)})`, () => {
    const story = fc.record({
      limit: fc.integer({ min: 1, max: 8 }),
      windowMs: fc.constantFrom(1_000, 10_000, 60_000, 86_400_000),
      pauses: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
      isRestarted: fc.func(fc.boolean()),
    });
    fc.assert(
      fc.property(story, ({ limit, windowMs, pauses, isRestarted }) => {
        let window = new SlidingWindow(windowMs);
        const allowed: number[] = [];
        let now = 1_790_000_000_000;
        for (const [index, pause] of pauses.entries()) {
          // Bursts, and pauses up to half a window.
          now += Math.floor(pause < 0.5 ? pause * 10 : (pause - 0.5) * windowMs);
          if (isRestarted(index)) window = new SlidingWindow(windowMs, structuredClone(window.slices));
          const { isAllowed, remaining, resetMs } = window.take(limit, now);
          const within = (span: number) => allowed.filter((at) => at > now - span).length;
          if (isAllowed) {
            expect(within(windowMs)).toBeLessThan(limit);
            allowed.push(now);
          } else {
            expect(within(windowMs + windowMs / 60)).toBeGreaterThanOrEqual(limit);
            expect(window.take(limit, now + resetMs - 2).isAllowed).toBe(false);
          }
          expect(remaining).toBeLessThanOrEqual(limit - within(windowMs));
          expect(resetMs).toBeGreaterThan(0);
          expect(resetMs).toBeLessThanOrEqual(windowMs + windowMs / 60 + 1);
        }
      }),
      RUNS,
    );
  });

  it('survives a clock that is set back, and forgets everything at its end', () => {
    const window = new SlidingWindow(10_000);
    window.take(2, 50_000);
    window.take(2, 20_000);
    expect(window.take(2, 20_001).isAllowed).toBe(false);
    expect(window.endMs(50_000)).toBeLessThanOrEqual(10_167);
    expect(window.take(2, 60_167).isAllowed).toBe(true);
    expect(window.slices).toHaveLength(1);
  });

  it('says of a limit that was lowered when one more is allowed', () => {
    const window = new SlidingWindow(60_000);
    for (const at of [0, 1_000, 2_000, 3_000]) window.take(4, at);
    const { isAllowed, resetMs } = window.take(2, 3_000);
    expect([isAllowed, resetMs]).toEqual([false, 60_000]);
    expect(window.take(2, 63_000).isAllowed).toBe(true);
  });
});
