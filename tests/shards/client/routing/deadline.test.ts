import { describe, expect, it } from 'vitest';
import type { Timers } from '../../../../src/lib/timers.ts';
import { Deadline } from '../../../../src/shards/client/routing/deadline.ts';

/** A clock that stands still until it is moved. */
class HandClock implements Timers {
  #nowMs = 0;
  readonly timers = new Map<() => void, number>();

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    this.timers.set(callback, this.#nowMs + delayMs);
    return () => this.timers.delete(callback);
  }

  moveTo(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const [callback, atMs] of this.timers) {
      if (atMs > nowMs) continue;
      this.timers.delete(callback);
      callback();
    }
  }
}

const never = new Promise<never>(() => {});

describe('a deadline', () => {
  it('ends everything that is waited for, at the time it was made for', async () => {
    const clock = new HandClock();
    const deadline = new Deadline(clock, 100);
    clock.moveTo(40);
    const waiting = Promise.allSettled([deadline.within(never), deadline.within(never)]);
    expect(clock.timers.size).toBe(1);
    clock.moveTo(99);
    expect(clock.timers.size).toBe(1);
    deadline.check();
    clock.moveTo(100);
    for (const outcome of await waiting) expect(outcome).toMatchObject({ reason: { code: 'DEADLINE_EXCEEDED' } });
    expect(() => deadline.check()).toThrow('within 100 ms');
  });

  it('leaves no timer behind, whatever came of what was waited for', async () => {
    const clock = new HandClock();
    const deadline = new Deadline(clock, 100);
    expect(await deadline.within(Promise.resolve('value'))).toBe('value');
    await expect(deadline.within(Promise.reject(new Error('cause')))).rejects.toThrow('cause');
    expect(clock.timers.size).toBe(0);
  });

  it('ends work that may take longer by the same timer, each at its own time', async () => {
    const clock = new HandClock();
    const deadline = new Deadline(clock, 100);
    const answer = deadline.endingBy(150, never, () => 'late');
    const call = Promise.allSettled([deadline.within(never)]);
    expect(clock.timers.size).toBe(1);
    clock.moveTo(100);
    expect(await call).toMatchObject([{ reason: { code: 'DEADLINE_EXCEEDED' } }]);
    expect(clock.timers.size).toBe(1);
    clock.moveTo(150);
    expect(await answer).toBe('late');
    expect(clock.timers.size).toBe(0);
  });

  it('ends work that may take less, though calls may take longer', async () => {
    const clock = new HandClock();
    const deadline = new Deadline(clock, 100);
    const call = deadline.within(Promise.resolve('answer'));
    const work = deadline.endingBy(50, never, () => 'late');
    expect(await call).toBe('answer');
    clock.moveTo(50);
    expect(await work).toBe('late');
    expect(clock.timers.size).toBe(0);
  });

  it('says why a call has failed', async () => {
    const deadline = new Deadline(new HandClock(), 100);
    const failed = deadline.within(Promise.reject(new Error('cause')), (cause) => new Error('failed', { cause }));
    await expect(failed).rejects.toMatchObject({ message: 'failed', cause: { message: 'cause' } });
  });
});
