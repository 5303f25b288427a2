/** How long a CACHED reader at another location may see what has changed: the figures of docs/consistency.md. */
import { describe, expect, it } from 'vitest';
import { CACHED, cachedModel, LabCache } from '../../support/cache/lab-cache.ts';
import { ordersOfTenant, tenantKey } from '../../support/cache/reads.ts';

const LIST = ordersOfTenant('one');

/** Seconds until a reader that asks every second sees a change that is stamped at once. */
async function secondsUntilSeen(lab: LabCache, isolate: ReturnType<LabCache['isolate']>, answer: string) {
  await lab.change([answer], tenantKey('one'), { Order: {} });
  for (let second = 1; ; second++) {
    await lab.clock.advance(1_000);
    const read = await isolate.read(LIST, CACHED);
    if ((read.answer as unknown as string[])[0] === answer) return second;
  }
}

describe('a reader at another location', () => {
  it('sees a change as soon as it looks for stamps if there were none when it last did', async () => {
    const lab = new LabCache({ model: cachedModel(600), hasStamps: false });
    const isolate = lab.isolate();
    await isolate.read(LIST, CACHED);
    await lab.clock.advance(2_000);
    await isolate.read(LIST, CACHED);
    expect(await secondsUntilSeen(lab, isolate, 'two')).toBeLessThanOrEqual(2);
  });

  it('sees a change within 32 s if it has a copy of stamps', async () => {
    const lab = new LabCache({ model: cachedModel(600) });
    const isolate = lab.isolate();
    await lab.change(['one'], tenantKey('one'), { Order: {} });
    await lab.clock.advance(1_000);
    await isolate.read(LIST, CACHED);
    await lab.clock.advance(2_000);
    await isolate.read(LIST, CACHED);
    const seconds = await secondsUntilSeen(lab, isolate, 'two');
    expect(seconds).toBeGreaterThan(20);
    expect(seconds).toBeLessThanOrEqual(32);
  });
});
