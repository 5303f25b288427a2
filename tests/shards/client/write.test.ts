import { describe, expect, it } from 'vitest';
import type { RowOperation } from '../../../src/shards/operation.ts';
import { formatOperationId } from '../../../src/shards/operation-id.ts';
import { PROTOCOL, PROTOCOL_OF } from '../../../src/shards/protocol/envelope.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { FakeCluster, item, ownerKey, platformError } from './fake-cluster.ts';

const key = ownerKey('a');
const creation = (id: string): RowOperation[] => [
  { kind: 'create', table: 'Item', values: item('a', id), select: { plan: 'null', values: [] } },
];
const settings = { retryPauseMs: 1 };

/** A shard that fails its first `count` calls in this way. */
const failing = (count: number, error: Error) => {
  let failures = 0;
  return () => {
    if (failures++ < count) throw error;
  };
};
const lost = platformError('Network connection lost.', { retryable: true });
const full = platformError('database or disk is full: SQLITE_FULL', { retryable: true });
const overloaded = platformError('Durable Object is overloaded. Too many requests queued.', {
  retryable: true,
  overloaded: true,
});

describe('writes', () => {
  it('F34b: are applied once although the acknowledgement was lost twice', async () => {
    const cluster = new FakeCluster(4);
    const shard = cluster.shardOf('a');
    shard.after = failing(2, lost);
    const client = cluster.client({ settings });
    expect(await client.write(key, creation('1'))).toMatchObject({ version: 1, results: [{ outcomes: ['INSERTED'] }] });
    expect(shard.items).toEqual([item('a', '1')]);
    expect(shard.writes.length).toBe(3);
    expect(new Set(shard.writes.map(({ operationId }) => operationId)).size).toBe(1);
  });

  it('have operation ids of their own, even if they are equal', async () => {
    const cluster = new FakeCluster(1);
    const client = cluster.client();
    await Promise.all([client.write(key, creation('1')), client.write(key, creation('1'))]);
    expect(cluster.shardOf('a').items.length).toBe(2);
  });

  it('F37: use a new stub after an exception, and one stub otherwise', async () => {
    const cluster = new FakeCluster(1);
    cluster.shardOf('a').before = failing(1, lost);
    const client = cluster.client({ settings });
    await client.write(key, creation('1'));
    await client.write(key, creation('2'));
    expect(cluster.stubsByName.get('shard-0')).toBe(2);
  });

  it('F55: that reach the old owner are neither lost nor doubled', async () => {
    const cluster = new FakeCluster(4);
    const client = cluster.client({ settings });
    await client.write(key, creation('1'));
    cluster.move([0, SLOT_COUNT - 1], 'new-shard');
    await client.write(key, creation('2'));
    expect(cluster.shard('new-shard').items).toEqual([item('a', '1'), item('a', '2')]);
    expect(cluster.shards.flatMap(({ items }) => items).length).toBe(2);
  });

  it('keep their operation id when the slot moves after a lost acknowledgement', async () => {
    const cluster = new FakeCluster(4);
    cluster.shardOf('a').after = () => {
      cluster.move([0, SLOT_COUNT - 1], 'new-shard');
      throw lost;
    };
    await cluster.client({ settings }).write(key, creation('1'));
    const writes = cluster.shards.flatMap(({ writes }) => writes);
    expect(writes.length).toBe(3);
    expect(new Set(writes.map(({ operationId }) => operationId)).size).toBe(1);
  });

  it('of one row are repeated only to shards that find the first attempt in their log', async () => {
    const cluster = new FakeCluster(1);
    const shard = cluster.shardOf('a');
    shard.after = failing(2, lost);
    const client = cluster.client({ settings });
    await client.write(key, creation('1'));
    const { rememberedWrites } = PROTOCOL_OF;
    expect(shard.writes.map(({ protocol }) => protocol)).toEqual([PROTOCOL, rememberedWrites, rememberedWrites]);
    expect(shard.writes.every(({ rememberedByLog }) => rememberedByLog)).toBe(true);
    shard.writes.length = 0;
    shard.after = failing(1, lost);
    await client.write(key, [...creation('2'), ...creation('3')]);
    expect(shard.writes.map(({ protocol, rememberedByLog }) => [protocol, rememberedByLog])).toEqual([
      [PROTOCOL, undefined],
      [PROTOCOL, undefined],
    ]);
  });

  it('are not repeated to an overloaded shard, nor after an error that is not worth it', async () => {
    for (const error of [overloaded, new Error('a bug')]) {
      const cluster = new FakeCluster(1);
      const shard = cluster.shardOf('a');
      shard.before = failing(99, error);
      await expect(cluster.client({ settings }).write(key, creation('1'))).rejects.toMatchObject({
        code: 'SHARD_UNAVAILABLE',
      });
      expect(shard.writes.length).toBe(1);
    }
  });

  it('of unknown outcome say so, and are not called retryable', async () => {
    const cluster = new FakeCluster(1);
    cluster.shardOf('a').after = failing(99, lost);
    const failure = await cluster
      .client({ settings })
      .write(key, creation('1'))
      .catch((error) => error);
    expect(failure).toMatchObject({
      code: 'SHARD_UNAVAILABLE',
      message: expect.stringContaining('may or may not have been applied'),
      details: { retryable: false },
    });
    expect(failure.message).not.toContain('Network');
    expect(cluster.shardOf('a').writes.length).toBe(3);
  });

  it('F38: that find no room were not made, or were before another one found none: they say which', async () => {
    const cluster = new FakeCluster(1);
    const shard = cluster.shardOf('a');
    const client = cluster.client({ settings });
    const refused = () => client.write(key, creation('1')).catch((error) => error);
    shard.before = failing(3, full);
    expect(await refused()).toMatchObject({
      code: 'SHARD_FULL',
      message: expect.stringMatching(/smaller portions\. Nothing of this write was made\.$/),
    });
    expect(shard.items).toEqual([]);
    // An attempt that is late has no effect either.
    await shard.write({ ...shard.writes[0]! });
    expect(shard.items).toEqual([]);
    expect(shard.writes.at(-2)).toMatchObject({ operations: [], settles: shard.writes[0]!.operations });

    shard.before = () => {};
    shard.after = failing(3, full);
    expect(await client.write(key, creation('2'))).toMatchObject({ results: [{ outcomes: ['INSERTED'] }] });
    expect(shard.items).toEqual([item('a', '2')]);

    shard.before = failing(99, full);
    expect((await refused()).message).toContain('may or may not have been applied');
  });

  it('F38: so do undos', async () => {
    const cluster = new FakeCluster(1);
    const shard = cluster.shardOf('a');
    const client = cluster.client({ settings });
    const operationId = formatOperationId({ origin: crypto.randomUUID(), commits: [{ shard: 'shard-0', version: 1 }] });
    const refused = (dryRun: boolean) =>
      client.undo(operationId, { offset: 0, limit: 0 }, dryRun).catch((error) => error);
    shard.before = failing(3, full);
    expect(await refused(false)).toMatchObject({
      code: 'SHARD_FULL',
      message: expect.stringMatching(/smaller portions\. Nothing of this write was made\.$/),
    });
    shard.before = failing(99, full);
    expect((await refused(false)).message).toMatch(/smaller portions\. The write may or may not have been applied/);
    expect((await refused(true)).message).toMatch(/smaller portions\.$/);
  });

  it('that get no answer in time end with DEADLINE_EXCEEDED', async () => {
    const cluster = new FakeCluster(1);
    cluster.shardOf('a').before = () => new Promise(() => {});
    const client = cluster.client({ settings: { requestDeadlineMs: 500 } });
    await expect(client.write(key, creation('1'))).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      details: { retryable: false },
    });
    // The time is the request's: what comes later is not even sent.
    await expect(client.write(key, creation('2'))).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      details: { retryable: true },
    });
    expect(cluster.shardOf('a').writes.length).toBe(1);
  });

  it('with an idempotency key pass it on, to shards that know of keys, and name the commit by it', async () => {
    const cluster = new FakeCluster(1);
    const idempotency = { id: '0b9c7c1e-52a5-8d0e-9d4f-8a2f0c5d7e31', fingerprint: 'asked' };
    const shard = cluster.shardOf('a');
    shard.touched = [['Item', null]];
    const written = await cluster.client().write(key, creation('1'), { idempotency });
    expect(shard.writes).toMatchObject([{ protocol: PROTOCOL_OF.keyedWrites, idempotency }]);
    expect(written.origin).toBe(idempotency.id);
    const unkeyed = await cluster.client().write(key, creation('2'));
    expect(shard.writes[1]).toMatchObject({ protocol: PROTOCOL });
    expect(shard.writes[1]).not.toHaveProperty('idempotency');
    expect(unkeyed.origin).toBe(shard.writes[1]!.operationId);
  });

  it('with an idempotency key may be repeated though their outcome is unknown', async () => {
    const cluster = new FakeCluster(1);
    cluster.shardOf('a').after = failing(99, lost);
    const idempotency = { id: '0b9c7c1e-52a5-8d0e-9d4f-8a2f0c5d7e31', fingerprint: 'asked' };
    const failure = await cluster
      .client({ settings })
      .write(key, creation('1'), { idempotency })
      .catch((error) => error);
    expect(failure).toMatchObject({ code: 'SHARD_UNAVAILABLE', details: { retryable: true } });
  });

  it("pass the shard's refusal on", async () => {
    const cluster = new FakeCluster(1);
    cluster.shardOf('a').refusal = { code: 'SHARD_FULL', message: 'Expected room, but got none.', details: {} };
    await expect(cluster.client().write(key, creation('1'))).rejects.toMatchObject({
      code: 'SHARD_FULL',
      message: 'Expected room, but got none.',
    });
  });

  it('refuse an answer that they do not know, of a later release', async () => {
    const cluster = new FakeCluster(1);
    const shard = cluster.shardOf('a');
    shard.write = async () => ({ status: 'PARKED', epoch: 1 }) as never;
    await expect(cluster.client().write(key, creation('1'))).rejects.toMatchObject({ code: 'SHARD_UNAVAILABLE' });
  });
});

describe('where a keyed write was made', () => {
  const idempotency = { id: '0b9c7c1e-52a5-8d0e-9d4f-8a2f0c5d7e31', fingerprint: 'asked' };

  it('is asked of all shards', async () => {
    const cluster = new FakeCluster(4);
    const client = cluster.client();
    expect(await client.recall(idempotency.id)).toBeNull();
    await client.write(key, creation('1'), { idempotency });
    expect(await client.recall(idempotency.id)).toBe(key);
  });

  it('is not known while a shard gives no answer, or slots have none', async () => {
    const cluster = new FakeCluster(4);
    cluster.shard('shard-2').refusal = { code: 'SHARD_UNAVAILABLE', message: 'Busy.', details: { retryable: true } };
    await expect(cluster.client({ settings }).recall(idempotency.id)).rejects.toMatchObject({
      code: 'SHARD_UNAVAILABLE',
    });
    cluster.shard('shard-2').refusal = null;
    cluster.shard('shard-3').slots = [];
    await expect(cluster.client({ settings }).recall(idempotency.id)).rejects.toMatchObject({
      code: 'SHARD_UNAVAILABLE',
    });
  });
});
