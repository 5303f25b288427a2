import { describe, expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import shop from '../../../../src/schema/model.ts';
import type { WriteOperation } from '../../../../src/shards/operation.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { nodeOf } from '../../../support/plans.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { create, oneOfEach, remove, update } from '../shop-rows.ts';
import { createMany, inBulkLab } from './bulk-lab.ts';

/** All that is stored, but for pages that nobody reads. */
const dump = (shard: LabShard) =>
  shard
    .rows("SELECT name, type FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .map(([name]) => [name, shard.rows(`SELECT * FROM "${name}"`)]);

const selecting = (operation: WriteOperation): WriteOperation => {
  const plan = JSON.stringify(nodeOf({ table: 'Customer', match: ['tenantId', 'id'], columns: ['id', 'name'] }));
  return { ...operation, select: { plan, values: [] } } as WriteOperation;
};

describe('a dry run', () => {
  it('answers as the write does, and leaves no trace in storage or memory', async () => {
    const wall = { ms: Date.UTC(2026, 5, 1) };
    await inNewShard(
      shop,
      bundle,
      (shard) => {
        const { state } = shard;
        shard.write('t:t1', oneOfEach);
        state.freshness.trackCached(['t:t1' as ShardKey]);
        const writes: WriteOperation[][] = [
          [selecting(create('Customer', { id: 'new', email: 'new' }))],
          [selecting(update('Customer', 'c1', { name: 'Eve' })), selecting(remove('Customer', 'new'))],
          [create('Tenant', { id: 't1' })],
          [remove('Customer', 'c1')],
          [remove('Order', 'o1'), create('Order')],
        ];
        const memory = () => ({
          last: state.clock.last,
          seq: state.freshness.lastSeq,
          unpublished: state.freshness.unpublished.size,
          changed: state.freshness.changed(['t:t1' as ShardKey], ['Customer', 'Order', 'OrderItem']),
        });
        for (const operations of writes) {
          const before = [dump(shard), memory()];
          const operationId = `write-${writes.indexOf(operations)}`;
          const tried = shard.write('t:t1', operations, { operationId, dryRun: true });
          expect([dump(shard), memory()]).toEqual(before);
          const twice = shard.write('t:t1', operations, { operationId, dryRun: true });
          expect(twice).toEqual({ ...tried, counts: expect.anything() });
          const { last } = state.clock;
          const done = shard.write('t:t1', operations, { operationId });
          if (done.status !== 'OK') expect(tried).toEqual({ ...done, counts: expect.anything() });
          else {
            expect(tried).toEqual({
              status: 'OK',
              version: last,
              results: done.results,
              epoch: 1,
              counts: expect.anything(),
            });
            // The clock stands still: the next version is the next one.
            expect(done.version).toBe(last + 1);
          }
        }
      },
      () => wall.ms,
    );
  });

  it('is refused like the write by a shard that does not own the shard key', async () => {
    await inBulkLab((shard) => {
      shard.state.ownership.grant(shard.state.storage, shard.session, 2, [[0, 0]]);
      const answer = shard.write('t:t', [createMany([{ id: 'a', name: 'a' }])], { dryRun: true });
      expect(answer).toMatchObject({ status: 'WRONG_SHARD' });
    });
  });

  it('of an import does not count as one', async () => {
    await inBulkLab((shard) => {
      const send = (name: string, dryRun: boolean) =>
        shard.import('Item', ['tenant', 'id', 'name'], [['t', 'a', name]], { importId: 'one', dryRun });
      shard.write('t:t', [createMany([{ id: 'a', name: 'a' }])]);
      expect(send('b', true)).toMatchObject({ updated: 1, rewritten: 0 });
      expect(send('c', false)).toMatchObject({ updated: 1, rewritten: 0 });
      expect(send('d', false)).toMatchObject({ updated: 1, rewritten: 1 });
    });
  });
});
