import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { RateLimiterRpc } from '../../../src/http/rate-limits/rate-limiter-object.ts';

type Stub = RateLimiterRpc & DurableObjectStub;

const limiter = (): Stub => env.RATE_LIMITER.getByName(crypto.randomUUID()) as unknown as Stub;

const isAllowed = async (stub: Stub, perSeconds: number) => (await stub.take(2, perSeconds)).isAllowed;

const stored = (stub: Stub) => runInDurableObject(stub, (_, { storage }) => storage.kv.get('window') ?? null);

describe.concurrent('the object that counts exactly', () => {
  it('allows the limit, whoever asks at the same time', async () => {
    const stub = limiter();
    const answers = await Promise.all(Array.from({ length: 20 }, () => stub.take(5, 60)));
    expect(answers.filter((taken) => taken.isAllowed)).toHaveLength(5);
    expect(answers.map(({ remaining }) => remaining)).toEqual([4, 3, 2, 1, ...Array(16).fill(0)]);
  });

  it('stores what it has counted once in two seconds, and remembers it in its sleep', async () => {
    const stub = limiter();
    expect([await isAllowed(stub, 60), await isAllowed(stub, 60), await isAllowed(stub, 60)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await stored(stub)).toBeNull();
    await scheduler.wait(2_200);
    expect(await stored(stub)).toMatchObject({ windowMs: 60_000 });
    await evictDurableObject(stub);
    expect(await isAllowed(stub, 60)).toBe(false);
    // A window of another length has nothing in it.
    expect(await isAllowed(stub, 120)).toBe(true);
  });

  it('stores nothing of a window that it stays awake for', async () => {
    const stub = limiter();
    await isAllowed(stub, 10);
    await scheduler.wait(2_200);
    expect(await stored(stub)).toBeNull();
    expect(await runDurableObjectAlarm(stub)).toBe(false);
  });

  it('removes what it has stored when the window is over, and not before', async () => {
    const stub = limiter();
    await isAllowed(stub, 60);
    await scheduler.wait(2_200);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await stored(stub)).not.toBeNull();
    await runInDurableObject(stub, (_, { storage }) => {
      const { windowMs, slices } = storage.kv.get<{ windowMs: number; slices: [number, number][] }>('window')!;
      storage.kv.put('window', { windowMs, slices: slices.map(([slice, count]) => [slice - 100, count]) });
    });
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    expect(await stored(stub)).toBeNull();
    expect(await runDurableObjectAlarm(stub)).toBe(false);
  });
});
