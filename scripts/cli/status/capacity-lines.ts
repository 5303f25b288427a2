import { valueOfShardKey } from '../../../src/shards/shard-key.ts';
import type { ShardView } from '../../../src/shards/shard-view.ts';

const MIB = 2 ** 20;
const mebibytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** What should be done about the capacity of shards, one line each; empty: nothing. */
export const capacityLines = (shards: readonly ShardView[]): string[] => shards.flatMap(linesOf);

/** Deleted rows are counted as long as the log has them, and deletes are never refused. */
const MORE =
  'which is more than a shard may have: the log is part of it, which has what was deleted until that is no longer restorable.';

function linesOf({ shard, figures, capacity }: ShardView): string[] {
  if (figures === null) return [];
  const size = mebibytes(figures.liveBytes);
  const level = {
    OK: null,
    WARN: `${shard} warns: it has ${size}.`,
    PLAN: `${shard} needs room soon: it has ${size}. Delete what is not needed, or let the log keep less.`,
    FULL: `${shard} is full: it has ${size}. Writes that grow it fail with SHARD_FULL; deletes go on.`,
  }[figures.level];
  const keys = (capacity?.largeShardKeys ?? []).map(
    ({ shardKey, bytes, share }) =>
      `${shard}: the shard key ${valueOfShardKey(shardKey)} has about ${mebibytes(bytes)}, ${share > 1 ? MORE : `${Math.round(share * 100)} % of what a shard may have. All of it has to fit one shard.`}`,
  );
  return [...(level === null ? [] : [level]), ...keys];
}
