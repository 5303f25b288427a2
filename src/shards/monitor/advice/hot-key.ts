import { valueOfShardKey } from '../../shard-key.ts';
import { keyBy, percent } from '../alerts/suspects.ts';
import { type Advisor, NO_SUBJECT } from './advice-facts.ts';

/** Of all requests of single shard keys on the shard. */
const HOT = 0.5;
/** In an hour: fewer do no harm. */
const LEAST_REQUESTS = 10_000;

/** A shard key that has most of the requests of its shard. */
export const hotKeys: Advisor = ({ counts }) => {
  const shards = new Set(counts.keys.flatMap(({ shard }) => shard ?? []));
  return [...shards].flatMap((shard) => {
    const key = keyBy(counts, shard, ({ usage }) => usage.objectRequests);
    const ofShard = counts.shards.find((each) => each.shard === shard);
    if (key === null || ofShard === undefined || key.value < LEAST_REQUESTS) return [];
    const share = key.value / Math.max(key.value, ofShard.calls);
    if (share < HOT) return [];
    return [
      {
        ...NO_SUBJECT,
        id: `HOT_KEY ${shard} ${key.shardKey}`,
        kind: 'HOT_KEY' as const,
        summary: `${percent(share)} of the calls to ${shard} within the last hour were for the shard key ${valueOfShardKey(key.shardKey)}${key.operation === null ? '' : `, most by ${key.operation}`}.`,
        remedy:
          'Let its most frequent operation be cached (docs/consistency.md), limit its requests (docs/rate-limits.md), and see other advice on it: all of a shard key is on one shard.',
        operation: key.operation,
        shard,
        shardKey: key.shardKey,
      },
    ];
  });
};
