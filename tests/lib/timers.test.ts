import { describe, expect, it } from 'vitest';
import { systemTimers, wait } from '../../src/lib/timers.ts';
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

  it('fails at once with the reason of its signal', async () => {
    const clock = new VirtualClock();
    const abort = new AbortController();
    const waiting = wait(clock, 100, abort.signal);
    abort.abort(new Error('no longer needed'));
    await expect(waiting).rejects.toThrow('no longer needed');
    await expect(wait(clock, 100, abort.signal)).rejects.toThrow('no longer needed');
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
