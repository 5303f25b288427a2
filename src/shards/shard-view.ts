import type { ShardCapacity } from './capacity.ts';
import type { WireError } from './errors.ts';
import type { CountTotals } from './shard-counts.ts';
import type { ShardFigures } from './shard-report.ts';
import type { SlotRange } from './slots.ts';

/**
 * Where what is shown of shards comes from. `reported`: the map and the monitor, which wakes no shard and reads none of their rows.
 * `live`: each shard is asked, which wakes it; none counts rows. `counted`: the same, and each counts the rows of all its tables.
 */
export type Look = 'reported' | 'live' | 'counted';

/** A shard, as operators see it. */
export interface ShardView {
  readonly shard: string;
  /** Those that it owns by the map. */
  readonly slots: readonly SlotRange[];
  /** When the figures were so, in milliseconds since 1970. Null: there are none. */
  readonly atMs: number | null;
  /** Null: the shard has not reported yet, nor answered. */
  readonly figures: ShardFigures | null;
  /** Over all lives of the shard that have reported. Null as above. */
  readonly counts: CountTotals | null;
  /** What its reports say of its growth. Null: it has not reported yet. */
  readonly capacity: ShardCapacity | null;
  /** By GraphQL type. Null: not counted. */
  readonly rowsByTable: Readonly<Record<string, number>> | null;
  /** Why it gave no answer. Null: it did, or was not asked. */
  readonly error: WireError | null;
}
