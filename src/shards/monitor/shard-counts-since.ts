import { lagsSince } from '../lag-histogram.ts';
import { totalCounts } from '../shard-counts.ts';
import { noUsage } from '../usage.ts';
import { countsOfWork } from './monitor-counts.ts';
import type { ShardRecord } from './shard-record.ts';
import type { WindowCounts } from './window.ts';

/** What the shard has counted by itself since the record before; null: nothing. */
export function countsSince(before: ShardRecord | null, after: ShardRecord): WindowCounts | null {
  const was = before === null ? null : totalCounts(before.counts);
  const is = totalCounts(after.counts);
  const lag = was === null ? is.invalidationLag : lagsSince(was.invalidationLag, is.invalidationLag);
  const kvPuts = is.stampPuts - (was?.stampPuts ?? 0);
  if (kvPuts === 0 && lag.counts.every((count) => count === 0)) return null;
  return { lag, counts: countsOfWork({ hash: 'alarm', kind: 'alarm' }, { ...noUsage(), kvPuts }, 0) };
}
