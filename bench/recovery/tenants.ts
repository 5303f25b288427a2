import type { ShardKey } from '../../src/shards/shard-key.ts';
import { initialRanges } from '../../src/shards/shard-map.ts';
import { slotOf } from '../../src/shards/slots.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';

/** Those of the servers that `npm start` runs. */
const SHARDS = 4;

/** A tenant, and another one of the same shard. */
export function neighbours({ shop }: ShopIndex): readonly [string, string] {
  const ranges = initialRanges(SHARDS);
  const byShard = Map.groupBy(shop.tenants, ({ id }) => {
    const slot = slotOf(`t:${id}` as ShardKey);
    return ranges.findIndex(([first, last]) => first <= slot && slot <= last);
  });
  const [one, other] = [...byShard.values()].find(({ length }) => length > 1)!;
  return [one!.id, other!.id];
}
