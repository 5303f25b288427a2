import { describe, expect, it } from 'vitest';
import type { ImportRow } from '../../../src/shards/client/shard-client.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { FakeCluster, ownerKey, platformError } from './fake-cluster.ts';

const COLUMNS = ['owner', 'id', 'text'];
const row = (owner: string, id: number, text = ''): ImportRow => ({
  shardKey: ownerKey(owner),
  cells: [owner, `id-${id}`, text],
});
const rows = (count: number) => Array.from({ length: count }, (_, n) => row(`owner-${n % 23}`, n));
const allItems = (cluster: FakeCluster) => cluster.shards.flatMap(({ items }) => items);

describe('imports', () => {
  it('put each row on its shard, in batches of bounded rows, and count what happened', async () => {
    const cluster = new FakeCluster(4);
    const client = cluster.client({ settings: { importBatchRows: 50 } });
    const given = rows(1_000);
    expect(await client.importRows('Item', COLUMNS, given)).toMatchObject({
      inserted: 1_000,
      updated: 0,
      unchanged: 0,
      rewritten: 0,
      failures: [],
    });
    for (const shard of cluster.shards) {
      expect(shard.items.every(({ owner }) => cluster.shardOf(owner as string) === shard)).toBe(true);
      expect(shard.imports.length).toBe(Math.ceil(shard.items.length / 50));
      // In the order given, since a row may refer to an earlier one.
      const ids = shard.items.map(({ id }) => Number(String(id).slice(3)));
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    }
    expect(allItems(cluster).length).toBe(1_000);
    expect(await client.importRows('Item', COLUMNS, given)).toMatchObject({ inserted: 0, unchanged: 1_000 });
  });

  it('bound the bytes of a batch; a row that is larger travels alone', async () => {
    const cluster = new FakeCluster(1);
    const client = cluster.client({ settings: { importBatchBytes: 10_000 } });
    const given = [
      row('a', 0, 'é'.repeat(20_000)),
      ...Array.from({ length: 30 }, (_, n) => row('a', n + 1, 'x'.repeat(1_000))),
    ];
    await client.importRows('Item', COLUMNS, given);
    const sizes = cluster.shard('shard-0').imports.map(({ rows }) => (JSON.parse(rows) as unknown[]).length);
    expect(sizes[0]).toBe(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(31);
    for (const { rows } of cluster.shard('shard-0').imports.slice(1)) {
      expect(new TextEncoder().encode(rows).length).toBeLessThanOrEqual(10_000);
    }
    expect(sizes.length).toBeLessThan(12);
  });

  it('name a failing row by its index, whatever shard and batch it went to', async () => {
    const cluster = new FakeCluster(4);
    const bad = [3, 77, 78, 199];
    const given = rows(200).map((each, index) =>
      bad.includes(index) ? row(`owner-${index % 23}`, index, 'bad') : each,
    );
    const result = await cluster.client({ settings: { importBatchRows: 7 } }).importRows('Item', COLUMNS, given);
    expect(result.failures.map(({ row }) => row)).toEqual(bad);
    expect(result.failures[0]!.error.code).toBe('CHECK_VIOLATION');
    expect(result.inserted).toBe(196);
  });

  it('follow rows whose slots move meanwhile', async () => {
    const cluster = new FakeCluster(2);
    const client = cluster.client({ settings: { importBatchRows: 10, retryPauseMs: 1 } });
    const shard = cluster.shard('shard-0');
    shard.before = () => {
      if (shard.imports.length === 3) cluster.move([0, SLOT_COUNT / 4], 'new-shard');
    };
    expect(await client.importRows('Item', COLUMNS, rows(300))).toMatchObject({ inserted: 300, unchanged: 0 });
    expect(allItems(cluster).length).toBe(300);
    expect(cluster.shard('new-shard').items.length).toBeGreaterThan(0);
  });

  it('repeat a batch whose acknowledgement was lost', async () => {
    const cluster = new FakeCluster(1);
    const shard = cluster.shard('shard-0');
    shard.after = () => {
      if (shard.imports.length === 1) throw platformError('Network connection lost.', { retryable: true });
    };
    const result = await cluster.client({ settings: { retryPauseMs: 1 } }).importRows('Item', COLUMNS, rows(5));
    // What the first attempt did is what is reported: it has been done once.
    expect(result).toMatchObject({ inserted: 5, updated: 0, unchanged: 0, failures: [] });
    expect(shard.items.length).toBe(5);
    expect(shard.imports.length).toBe(2);
    expect(new Set(shard.writes.map(({ operationId }) => operationId)).size).toBe(1);
  });

  it('have an operation id for each batch, kept by a batch whose rows move together', async () => {
    const cluster = new FakeCluster(1);
    const shard = cluster.shard('shard-0');
    shard.after = () => {
      if (shard.writes.length !== 2) return;
      cluster.move([0, SLOT_COUNT - 1], 'new-shard');
      throw platformError('Network connection lost.', { retryable: true });
    };
    const settings = { importBatchRows: 2, retryPauseMs: 1 };
    const result = await cluster.client({ settings }).importRows('Item', COLUMNS, rows(6));
    expect(result.failures).toEqual([]);
    const idsOf = (name: string) => cluster.shard(name).writes.map(({ operationId }) => operationId);
    expect(new Set(idsOf('shard-0')).size).toBe(3);
    expect(idsOf('new-shard')).toEqual([...new Set(idsOf('shard-0'))].slice(1));
  });

  it('let a row alone fail for which a shard refuses its whole batch', async () => {
    const cluster = new FakeCluster(2);
    const bad = [3, 77, 78, 199];
    for (const shard of cluster.shards) {
      shard.before = () => {
        const isBad = shard.imports.at(-1)!.rows.includes('poison');
        shard.refusal = isBad
          ? { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error.', details: {} }
          : null;
      };
    }
    const given = rows(200).map((each, index) =>
      bad.includes(index) ? row(`owner-${index % 23}`, index, 'poison') : each,
    );
    const result = await cluster.client().importRows('Item', COLUMNS, given);
    expect(result).toMatchObject({ inserted: 196, unchanged: 0 });
    expect(result.failures.map(({ row, error }) => [row, error.code])).toEqual(
      bad.map((index) => [index, 'INTERNAL_SERVER_ERROR']),
    );
    expect(result.commits.length).toBeGreaterThan(2);
  });

  it("throw a shard's refusal of every row, without asking for each of them", async () => {
    const cluster = new FakeCluster(1);
    const shard = cluster.shard('shard-0');
    shard.refusal = { code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error.', details: {} };
    await expect(cluster.client().importRows('Item', COLUMNS, rows(8_000))).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
    });
    expect(shard.imports.length).toBeLessThan(1_100);
  });

  it("throw a shard's refusal once no call is left, with the rest imported", async () => {
    const cluster = new FakeCluster(2);
    cluster.shard('shard-0').refusal = { code: 'SHARD_FULL', message: 'Expected room.', details: {} };
    await expect(cluster.client().importRows('Item', COLUMNS, rows(100))).rejects.toMatchObject({ code: 'SHARD_FULL' });
    const expected = rows(100).filter(({ cells }) => cluster.shardOf(cells[0] as string).name === 'shard-1').length;
    expect(cluster.shard('shard-1').items.length).toBe(expected);
  });

  it('of no rows call nobody', async () => {
    const client = new FakeCluster(2).client();
    expect(await client.importRows('Item', COLUMNS, [])).toMatchObject({ inserted: 0, failures: [] });
    expect(client.trace.rpcs).toBe(0);
  });
});
