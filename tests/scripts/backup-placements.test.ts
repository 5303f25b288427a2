import { expect, it } from 'vitest';
import { requirePlacements } from '../../scripts/cli/backup/require-placements.ts';

const apiWith = (...shards: readonly string[]) => ({
  operate: async <Data>() => ({ placedShardKeys: shards.map((shard) => ({ shard })) }) as Data,
});
const SHARDS = [
  { name: 'shard-0', ranges: [[0, 16_383]] },
  {
    name: 'eu-0',
    ranges: [
      [16_384, 16_384],
      [16_386, 16_387],
    ],
  },
  { name: 'eu-1', ranges: [[16_385, 16_385]] },
] as const;

it('a backup with placed shard keys is restored only where no fewer are placed on the same shards', async () => {
  await requirePlacements(apiWith('eu-0', 'eu-1', 'eu-0', 'eu-0', 'weur-0'), SHARDS);
  await expect(requirePlacements(apiWith('eu-0', 'eu-1'), SHARDS)).rejects.toThrow(
    /^Expected 3 shard keys placed on eu-0, as when the backup was made, but got 1 shard key\. .* place <key…> --shard eu-0\. Nothing/,
  );
  await expect(requirePlacements(apiWith('eu-0', 'eu-0', 'eu-0'), SHARDS)).rejects.toThrow(/placed on eu-1/);
});

it('a backup without any asks for none', async () => {
  const api = { operate: () => Promise.reject(new Error('asked')) };
  await requirePlacements(api, SHARDS.slice(0, 1));
});
