/** F01: the Worker dies between the commit and the event. The shard's alarm publishes what nobody asked it to. */
import { expect, it } from 'vitest';
import { lastChange } from '../../src/shards/stamps.ts';
import { update } from '../shards/server/shop-rows.ts';
import { inPublishingLab, T1, T1_STAMPS } from '../support/publishing/publishing-lab.ts';

const PRODUCTS = { table: 'Product', bucket: null };

it('the stamp appears within 30 s after a commit that no event followed', () =>
  inPublishingLab(async (lab) => {
    lab.trackCached(T1);
    const committedMs = lab.timers.ms;
    const { version } = lab.write([update('Product', 'p1', { name: 'New' })]);
    await lab.fireAlarm();
    expect(lab.timers.ms - committedMs).toBeLessThanOrEqual(30_000);
    expect(lastChange(lab.kv.stamps(T1_STAMPS)!, PRODUCTS)).toBe(version);
    expect(lab.unpublished).toBe(0);
    expect(lab.alarmAtMs).toBeNull();
  }));

it('one alarm is set for many commits, and none while there is one', () =>
  inPublishingLab(async (lab) => {
    lab.trackCached(T1);
    for (let round = 0; round < 50; round++) {
      lab.write([update('Product', 'p1', { name: `${round}` })]);
      lab.timers.ms += 100;
    }
    expect(lab.alarmsSet).toBe(1);
  }));

it('the stamp appears although the shard itself died too', () =>
  inPublishingLab(async (lab) => {
    lab.trackCached(T1);
    const { version } = lab.write([update('Product', 'p1', { name: 'New' })]);
    lab.restart();
    await lab.timers.settle(lab.publisher.publishDue());
    expect(lastChange(lab.kv.stamps(T1_STAMPS)!, PRODUCTS)).toBeGreaterThanOrEqual(version);
  }));
