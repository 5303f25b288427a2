/** F13: work that was rolled back is in no log, no event and no stamp. */
import { expect, it } from 'vitest';
import { create, update } from '../shards/server/shop-rows.ts';
import { inPublishingLab, T1 } from '../support/publishing/publishing-lab.ts';

it('a write that fails leaves nothing to publish', () =>
  inPublishingLab(async (lab) => {
    lab.trackCached(T1);
    const { lastSeq } = lab;
    const failed = lab.shard.write('t:t1', [update('Product', 'p1', { name: 'New' }), create('Product', { id: 'p1' })]);
    expect(failed.status).toBe('FAILED');
    expect(lab.lastSeq).toBe(lastSeq);
    expect(lab.unpublished).toBe(0);
    expect(lab.alarmAtMs).toBeNull();
    await lab.publish(T1);
    expect(lab.kv.puts).toEqual([]);
    expect(lab.shard.state.freshness.changed([T1], ['Product'])[0]).toBeLessThan(lab.shard.state.clock.last);
    const next = lab.write([update('Product', 'p1', { name: 'Newer' })]);
    expect(lab.shard.state.freshness.changed([T1], ['Product'])).toEqual([next.version]);
  }));
