import { describe, expect, it } from 'vitest';
import { FakeCluster, item } from './fake-cluster.ts';

describe('status', () => {
  it("reports every shard in the map's order, a failing one with the reason", async () => {
    const cluster = new FakeCluster(4);
    cluster.put(item('a', '1'));
    cluster.shard('shard-1').refusal = { code: 'MIGRATION_FAILED', message: 'Expected …', details: {} };
    cluster.shard('shard-2').before = () => {
      throw new Error('down');
    };
    const reports = await cluster.client().status();
    expect(reports.map(({ shard }) => shard)).toEqual(['shard-0', 'shard-1', 'shard-2', 'shard-3']);
    expect(reports[0]!.status).toMatchObject({ epoch: 1, slots: [[0, 4095]] });
    expect(reports[1]!.status).toMatchObject({ code: 'MIGRATION_FAILED' });
    expect(reports[2]!.status).toMatchObject({ code: 'SHARD_UNAVAILABLE' });
  });

  it('includes a shard that owns no slots', async () => {
    const cluster = new FakeCluster(2);
    cluster.move([0, 8191], 'shard-1');
    expect((await cluster.client().status()).map(({ shard }) => shard)).toEqual(['shard-0', 'shard-1']);
  });
});
