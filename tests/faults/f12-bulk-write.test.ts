/** F12: a bulk write of 100,000 rows makes few events and few puts, and the shard goes on answering. */
import { expect, it } from 'vitest';
import { lastChange, STAMP_BUCKETS } from '../../src/shards/stamps.ts';
import { shopRow } from '../shards/server/shop-rows.ts';
import { inPublishingLab, T1, T1_STAMPS } from '../support/publishing/publishing-lab.ts';

const BATCHES = 50;
const ROWS = 2_000;

it(
  '100,000 rows of one tenant are one event and one put, and count for all of their table',
  () =>
    inPublishingLab(async (lab) => {
      lab.trackCached(T1);
      const columns = Object.keys(shopRow('Product'));
      let events = 0;
      let version = 0;
      let statements = 0;
      for (let batch = 0; batch < BATCHES; batch++) {
        const rows = Array.from({ length: ROWS }, (_, index) =>
          Object.values(shopRow('Product', { id: `bulk-${batch}-${index}`, sku: `sku-${batch}-${index}` })),
        );
        const answer = lab.shard.import('Product', columns, rows);
        if (answer.status !== 'OK') throw new Error(JSON.stringify(answer));
        expect(answer.inserted).toBe(ROWS);
        events += answer.unpublished?.length ?? 0;
        version = answer.version!;
        statements = Math.max(statements, answer.counts.statements);
        lab.timers.ms += 10;
      }
      expect(events).toBe(1);
      // What is stamped row by row takes a statement for each.
      expect(statements).toBeLessThan(50);
      await lab.timers.settle(lab.publish(T1));
      expect(lab.kv.puts.length).toBe(1);
      const stamps = lab.kv.stamps(T1_STAMPS)!;
      for (const bucket of [null, 0, STAMP_BUCKETS - 1]) {
        expect(lastChange(stamps, { table: 'Product', bucket })).toBe(version);
      }
      expect(lab.kv.puts[0]!.value.length).toBeLessThan(10_000);
    }),
  60_000,
);
