import { expect, it } from 'vitest';
import { showStatus } from '../../scripts/cli/status/show-status.ts';
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
