import { expect, it } from 'vitest';
import { capacityLines } from '../../scripts/cli/status/capacity-lines.ts';
import { showStatus } from '../../scripts/cli/status/show-status.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import type { ShardView } from '../../src/shards/shard-view.ts';
import { SLOT_COUNT, type SlotRange } from '../../src/shards/slots.ts';

const view = (shard: string, slots: readonly SlotRange[]): ShardView => ({
  ...{ shard, slots, atMs: null, figures: null, counts: null, capacity: null, rowsByTable: null, error: null },
});

it('status tells the slots of the hash from those of placed shard keys, also where they touch', () => {
  const shards = [
    view('shard-0', [[0, 999]]),
    view('eu-0', [
      [1_000, SLOT_COUNT + 1],
      [SLOT_COUNT + 7, SLOT_COUNT + 7],
    ]),
  ];
  const [head, ...lines] = showStatus(shards, 'live', 0).split('\n');
  expect(head).toMatch(/^SHARD +SLOTS +PLACED KEYS +ROWS /);
  expect(lines.map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
    ['shard-0', '1000', '0'],
    ['eu-0', '15384', '3'],
  ]);
});

it('status says why a shard key may have more than a shard may have', () => {
  const lines = (share: number) =>
    capacityLines([
      {
        ...view('shard-0', []),
        figures: { level: 'OK', liveBytes: 0 } as NonNullable<ShardView['figures']>,
        capacity: {
          largeShardKeys: [{ shardKey: 't:acme' as ShardKey, bytes: 3 * 2 ** 20, share, growthPerDay: null }],
        } as unknown as NonNullable<ShardView['capacity']>,
      },
    ]);
  expect(lines(0.5)).toEqual([
    'shard-0: the shard key acme has about 3.0 MiB, 50 % of what a shard may have. All of it has to fit one shard.',
  ]);
  expect(lines(1.3)).toEqual([
    'shard-0: the shard key acme has about 3.0 MiB, which is more than a shard may have: the log is part of it, which has what was deleted until that is no longer restorable.',
  ]);
});
