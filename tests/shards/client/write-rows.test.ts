import { describe, expect, it } from 'vitest';
import type { NewRow, NewRows } from '../../../src/shards/new-rows.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { FakeCluster, ownerKey, platformError } from './fake-cluster.ts';

const row = (owner: string, id: number, text = `text-${id}`): NewRow => ({
  shardKey: ownerKey(owner),
  values: { owner, id: `id-${id}`, text },
});
const rows = (count: number) => Array.from({ length: count }, (_, n) => row(`owner-${n % 23}`, n));
const newRows = (given: readonly NewRow[]): NewRows => ({
  table: 'Item',
  rows: given,
  onConflict: null,
  select: { plan: 'null', values: [] },
});
const settings = { retryPauseMs: 1 };
const lost = platformError('Network connection lost.', { retryable: true });
const allItems = (cluster: FakeCluster) => cluster.shards.flatMap(({ items }) => items);

describe('writing rows', () => {
  it('makes one call of each shard, with one operation id, and gives all in the order of the rows', async () => {
    const cluster = new FakeCluster(4);
    const client = cluster.client();
    const given = rows(200);
    const { outcomes, rows: answers, shards } = await client.writeRows(newRows(given));
    expect(outcomes).toEqual(given.map(() => 'INSERTED'));
    expect(answers).toEqual(given.map((_, n) => [`text-${n}`]));
    expect(client.trace.rpcs).toBe(4);
    expect(new Set(cluster.shards.flatMap(({ writes }) => writes.map(({ operationId }) => operationId))).size).toBe(1);
    expect(shards.flatMap(({ rows: own }) => own).toSorted((a, b) => a - b)).toEqual(given.map((_, n) => n));
    for (const { shard, rows: own, commit, failure } of shards) {
      expect(commit).toMatchObject({ shard, version: cluster.shard(shard).items.length });
      expect(failure).toBeNull();
      expect(cluster.shard(shard).items.map(({ id }) => id)).toEqual(own.map((n) => `id-${n}`));
    }
  });

  it('leaves out all rows of a shard that refuses one, names that by its index, and keeps those of others', async () => {
    const cluster = new FakeCluster(4);
    const given = rows(100).with(42, row('owner-19', 42, 'bad'));
    const { outcomes, shards } = await cluster.client().writeRows(newRows(given));
    const failed = shards.filter(({ failure }) => failure !== null);
    expect(failed).toMatchObject([{ commit: null, failure: { error: { code: 'CHECK_VIOLATION' }, row: 42 } }]);
    const [{ shard, rows: own }] = failed as [(typeof failed)[number]];
    expect(own).toContain(42);
    expect(cluster.shard(shard).items).toEqual([]);
    expect(outcomes.flatMap((outcome, n) => (outcome === null ? [n] : []))).toEqual(own);
    expect(allItems(cluster).length).toBe(100 - own.length);
  });

  it('F34b: writes once though answers are lost, and tells where it is in doubt', async () => {
    const cluster = new FakeCluster(2);
    let losses = 0;
    cluster.shard('shard-0').after = () => {
      if (losses++ < 2) throw lost;
    };
    const { outcomes } = await cluster.client({ settings }).writeRows(newRows(rows(60)));
    expect(outcomes).toEqual(rows(60).map(() => 'INSERTED'));
    expect(allItems(cluster).length).toBe(60);

    cluster.shard('shard-0').after = () => {
      throw lost;
    };
    const { shards } = await cluster.client({ settings }).writeRows(newRows(rows(60)));
    const inDoubt = {
      code: 'SHARD_UNAVAILABLE',
      message: expect.stringContaining('may or may not'),
      details: { retryable: false },
    };
    expect(shards.map(({ shard, failure }) => [shard, failure]).sort()).toMatchObject([
      ['shard-0', { error: inDoubt, row: null }],
      ['shard-1', null],
    ]);
  });

  it('F38: says of a shard without room that nothing was written there', async () => {
    const cluster = new FakeCluster(2);
    let calls = 0;
    cluster.shard('shard-0').before = () => {
      if (calls++ < 3) throw platformError('database or disk is full: SQLITE_FULL', { retryable: true });
    };
    const { shards } = await cluster.client({ settings }).writeRows(newRows(rows(60)));
    expect(shards.map(({ shard, failure }) => [shard, failure]).sort()).toMatchObject([
      [
        'shard-0',
        { error: { code: 'SHARD_FULL', message: expect.stringMatching(/Nothing of this write was made\.$/) } },
      ],
      ['shard-1', null],
    ]);
    expect(cluster.shard('shard-0').items).toEqual([]);
  });

  it('with an idempotency key ask all of several shards for it first, and write nothing unless all know of no other write', async () => {
    const cluster = new FakeCluster(4);
    const client = cluster.client({ settings });
    const idempotency = { id: '0b9c7c1e-52a5-8d0e-9d4f-8a2f0c5d7e31', fingerprint: 'asked' };
    const one = rows(100).filter(({ shardKey }) => shardKey === ownerKey('owner-1'));
    await client.writeRows(newRows(one), { idempotency });
    expect(client.trace.rpcs).toBe(1);
    const other = client.writeRows(newRows(rows(100)), { idempotency: { ...idempotency, fingerprint: 'another' } });
    await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH' });
    cluster.shard('shard-2').before = (method) => {
      if (method === 'recall') throw lost;
    };
    const unknown = client.writeRows(newRows(rows(100)), { idempotency });
    await expect(unknown).rejects.toMatchObject({ code: 'SHARD_UNAVAILABLE', details: { retryable: true } });
    expect(allItems(cluster).length).toBe(one.length);
    cluster.shard('shard-2').before = () => {};
    const { shards } = await client.writeRows(newRows(rows(100)), { idempotency });
    expect(shards).toHaveLength(4);
  });

  it('F55: sends rows that have moved to their new owners, once', async () => {
    const cluster = new FakeCluster(4);
    const client = cluster.client({ settings });
    await client.writeRows(newRows(rows(23)));
    cluster.move([0, SLOT_COUNT / 3], 'new-shard');
    const { outcomes, shards } = await client.writeRows(newRows(rows(100)));
    expect(outcomes).toEqual(rows(100).map(() => 'INSERTED'));
    expect(allItems(cluster).length).toBe(123);
    expect(shards.every(({ failure }) => failure === null)).toBe(true);
    expect(shards.some(({ shard }) => shard === 'new-shard')).toBe(true);
  });

  it('applies no rows twice that move to a shard which has its own already', async () => {
    const cluster = new FakeCluster(2);
    const client = cluster.client({ settings });
    await client.writeRows(newRows([row('a', 0)]));
    // The map is old: shard-0 owns nothing any more, and shard-1 has had its batch when the other arrives.
    cluster.move([0, SLOT_COUNT - 1], 'shard-1');
    const { outcomes, shards } = await client.writeRows(newRows(rows(40)));
    expect(outcomes).toEqual(rows(40).map(() => 'INSERTED'));
    expect(cluster.shard('shard-1').items.length).toBe(41);
    expect(shards.map(({ shard }) => shard)).toEqual(['shard-1', 'shard-1']);
    expect(new Set(cluster.shard('shard-1').writes.map(({ operationId }) => operationId)).size).toBe(2);
  });

  it('does not split a batch that may have been written: it goes on as it was, or is in doubt', async () => {
    for (const to of ['one', 'two']) {
      const cluster = new FakeCluster(1);
      const shard = cluster.shard('shard-0');
      shard.after = () => {
        if (shard.writes.length > 1) return;
        cluster.move([0, to === 'one' ? SLOT_COUNT - 1 : SLOT_COUNT / 2], 'new-shard');
        throw lost;
      };
      const { shards } = await cluster.client({ settings }).writeRows(newRows(rows(30)));
      const ids = new Set(cluster.shards.flatMap(({ writes }) => writes.map(({ operationId }) => operationId)));
      expect(ids.size).toBe(1);
      if (to === 'one') expect(shards).toMatchObject([{ shard: 'new-shard', failure: null }]);
      else {
        expect(shards).toMatchObject([{ failure: { error: { message: expect.stringContaining('may or may not') } } }]);
        expect(allItems(cluster).length).toBe(30);
      }
    }
  });

  it('of too many rows, or rows too large for a call, sends nothing', async () => {
    const cluster = new FakeCluster(2);
    const client = cluster.client();
    await expect(client.writeRows(newRows(rows(10_001)))).rejects.toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED' });
    const large = Array.from({ length: 17 }, (_, n) => row('a', n, 'é'.repeat(1_000_000).replace('é', '€')));
    await expect(client.writeRows(newRows(large))).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    expect(client.trace.rpcs).toBe(0);
    expect(await client.writeRows(newRows([]))).toEqual({ outcomes: [], rows: [], shards: [] });
  });

  it('as a dry run leaves nothing, has no commits, and is never in doubt', async () => {
    const cluster = new FakeCluster(2);
    const client = cluster.client({ settings });
    const { outcomes, shards } = await client.writeRows(newRows(rows(50)), { dryRun: true });
    expect(outcomes).toEqual(rows(50).map(() => 'INSERTED'));
    expect(shards).toMatchObject([
      { commit: null, failure: null },
      { commit: null, failure: null },
    ]);
    expect(allItems(cluster)).toEqual([]);
    // A shard of the release before would write.
    expect(cluster.shards.flatMap(({ writes }) => writes.map(({ protocol }) => protocol))).toEqual([2, 2]);
    cluster.shard('shard-0').after = () => {
      throw lost;
    };
    const again = await client.writeRows(newRows(rows(50)), { dryRun: true });
    const failure = again.shards.find(({ shard }) => shard === 'shard-0')?.failure;
    expect(failure?.error.details.retryable).toBe(true);
  });
});
