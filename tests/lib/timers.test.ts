import { describe, expect, it } from 'vitest';
import { inTime, systemTimers, wait } from '../../src/lib/timers.ts';
import { VirtualClock } from '../support/cache/virtual-clock.ts';

describe('waiting', () => {
  it('ends when the time is over', async () => {
    const clock = new VirtualClock();
    let isOver = false;
    const waiting = wait(clock, 100).then(() => {
      isOver = true;
    });
    await clock.advance(99);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await waiting;
  });

  it('of the system takes its time, and a timer that is cancelled never comes', async () => {
    const startMs = systemTimers.now();
    let wasCalled = false;
    systemTimers.setTimer(() => {
      wasCalled = true;
    }, 1)();
    await wait(systemTimers, 5);
    expect(wasCalled).toBe(false);
    expect(systemTimers.now()).toBeGreaterThanOrEqual(startMs);
  });
});

describe('work that has a limited time', () => {
  const never = () => new Promise<string>(() => {});

  it('gives its outcome, and leaves no timer behind', async () => {
    const clock = new VirtualClock();
    let isLate = false;
    const late = () => {
      isLate = true;
      return 'late';
    };
    expect(await inTime(clock, Promise.resolve('done'), 100, late)).toBe('done');
    await expect(inTime(clock, Promise.reject(new Error('failed')), 100, late)).rejects.toThrow('failed');
    await clock.advance(200);
    expect(isLate).toBe(false);
  });

  it('is not waited for beyond it', async () => {
    const clock = new VirtualClock();
    const outcome = inTime(clock, never(), 100, () => 'late');
    const failure = inTime(clock, never(), 100, () => Promise.reject(new Error('late')));
    const failed = expect(failure).rejects.toThrow('late');
    await clock.advance(100);
    expect(await outcome).toBe('late');
    await failed;
  });
});
