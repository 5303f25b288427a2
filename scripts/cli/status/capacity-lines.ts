import { valueOfShardKey } from '../../../src/shards/shard-key.ts';
import { hasFailed, type ShardReport } from './fetch-status.ts';

const MIB = 2 ** 20;
const mebibytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

/** What should be done about the capacity of shards, one line each; empty: nothing. */
export const capacityLines = (shards: readonly ShardReport[]): string[] => shards.flatMap(linesOf);

function linesOf({ shard, status, capacity }: ShardReport): string[] {
  if (hasFailed(status)) return [];
  const size = mebibytes(status.databaseBytes);
  const level = {
    OK: null,
    WARN: `${shard} warns: it has ${size}.`,
    PLAN: `${shard} needs room soon: it has ${size}. Delete what is not needed, or let the log keep less.`,
    FULL: `${shard} is full: it has ${size}. Writes that grow it fail with SHARD_FULL; deletes go on.`,
  }[status.level ?? 'OK'];
  const keys = (capacity?.largeShardKeys ?? []).map(
    ({ shardKey, bytes, share }) =>
      `${shard}: the shard key ${valueOfShardKey(shardKey)} has about ${mebibytes(bytes)}, ${Math.round(share * 100)} % of what a shard may have. All of it has to fit one shard.`,
  );
  return [...(level === null ? [] : [level]), ...keys];
}
