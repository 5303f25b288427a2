import { describe, expect, it } from 'vitest';
import { FakeCluster, item } from './fake-cluster.ts';

describe('status', () => {
  it("tells of every shard in the map's order, a failing one with the reason", async () => {
    const cluster = new FakeCluster(4);
    cluster.put(item('a', '1'));
    cluster.shard('shard-1').refusal = { code: 'MIGRATION_FAILED', message: 'Expected …', details: {} };
    cluster.shard('shard-2').before = () => {
      throw new Error('down');
    };
    const reports = await cluster.client().status(false);
    expect(reports.map(({ shard }) => shard)).toEqual(['shard-0', 'shard-1', 'shard-2', 'shard-3']);
    expect(reports[0]!.status).toMatchObject({ epoch: 1, figures: { level: 'OK' }, rowsByTable: null });
    expect(reports[1]!.status).toMatchObject({ code: 'MIGRATION_FAILED' });
    expect(reports[2]!.status).toMatchObject({ code: 'SHARD_UNAVAILABLE' });
  });

  it('includes a shard that owns no slots', async () => {
    const cluster = new FakeCluster(2);
    cluster.move([0, 8191], 'shard-1');
    expect((await cluster.client().status(false)).map(({ shard }) => shard)).toEqual(['shard-0', 'shard-1']);
  });

  it('has rows counted where that is wanted', async () => {
    const cluster = new FakeCluster(2);
    cluster.put(item('a', '1'));
    const counts = (await cluster.client().status(true)).map(
      ({ status }) => 'rowsByTable' in status && status.rowsByTable,
    );
    expect(counts).toContainEqual({ Item: 1 });
  });
});

describe('ping', () => {
  it('asks the shards that are named, and tells which of them do not answer', async () => {
    const cluster = new FakeCluster(4);
    const asked: string[] = [];
    for (const name of ['shard-0', 'shard-1', 'shard-2', 'shard-3'])
      cluster.shard(name).before = () => void asked.push(name);
    cluster.shard('shard-1').refusal = { code: 'MIGRATION_FAILED', message: 'Expected …', details: {} };
    const pinged = await cluster.client().ping(['shard-3', 'shard-1', 'gone']);
    expect(pinged).toMatchObject([
      { shard: 'shard-1', error: { code: 'MIGRATION_FAILED' } },
      { shard: 'shard-3', error: null },
    ]);
    expect(asked.sort()).toEqual(['shard-1', 'shard-3']);
  });
});
