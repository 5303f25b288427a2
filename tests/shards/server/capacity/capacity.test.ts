import { afterEach, describe, expect, it, vi } from 'vitest';
import { toCapacitySettings } from '../../../../src/shards/capacity.ts';
import { Capacity } from '../../../../src/shards/server/capacity/capacity.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';

const settings = toCapacitySettings({ warnBytes: 1e6, planBytes: 2e6, fullBytes: 3e6 });

function createLab({ bytes = 0, rows = 0 as number | null } = {}) {
  const sql = { databaseSize: bytes };
  return { sql, capacity: new Capacity({ sql, settings, countRows: () => rows, heldBytes: () => 0, shard: 's' }) };
}

const total = (shardKey: string, added = 1, bytes = 0) => ({
  ...{ table: 't', shardKey: shardKey as ShardKey, rows: 1, added, bytes },
  ...{ firstSeq: 1, lastSeq: 1, version: 1 },
});

function commit(
  { capacity, sql }: ReturnType<typeof createLab>,
  growth: number,
  ...totals: ReturnType<typeof total>[]
) {
  capacity.begin();
  sql.databaseSize += growth;
  return capacity.committed(totals);
}

afterEach(() => vi.restoreAllMocks());

describe('the log line of a threshold', () => {
  it('comes once for each, and again after the shard has shrunk', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const lines = () => warn.mock.calls.splice(0).map(([line]) => JSON.parse(line as string).reached);
    const lab = createLab();
    expect(commit(lab, 1_000_000, total('a'))).toEqual({ grownBytes: 1_000_000, isHigher: true });
    expect(commit(lab, 1, total('a'))).toEqual({ grownBytes: 1, isHigher: false });
    expect(lines()).toEqual(['WARN']);
    commit(lab, 2_000_000, total('a'));
    expect(lines()).toEqual(['FULL']);
    // At the threshold it goes up and down.
    for (const growth of [-2, 2, -2, 2]) commit(lab, growth, total('a'));
    expect(lines()).toEqual([]);
    commit(lab, -1_000_000, total('a'));
    commit(lab, 1_000_000, total('a'));
    expect(lines()).toEqual(['FULL']);
    // The next life knows that.
    const restarted = createLab({ bytes: lab.sql.databaseSize });
    commit(restarted, 1, total('a'));
    expect(lines()).toEqual([]);
  });
});

describe('the count of rows', () => {
  it('is not known until it was counted, and kept from then on', () => {
    const lab = createLab({ rows: null });
    commit(lab, 1, total('a'));
    expect(lab.capacity.rows).toBeNull();
    lab.capacity.counted(41);
    commit(lab, 1, total('a'));
    commit(lab, 1, total('a', -2));
    expect(lab.capacity.rows).toBe(40);
  });
});
