import { lagsSince } from '../lag-histogram.ts';
import { combineEvents, combineWork, totalCounts } from '../shard-counts.ts';
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
  const { alarms, rowsRead, rowsWritten } = combineWork(is.own, was?.own, -1);
  const events = combineEvents(is.events, was?.events, -1);
  const isNothing =
    kvPuts + alarms + rowsRead + rowsWritten === 0 &&
    lag.counts.every((count) => count === 0) &&
    Object.keys(events).length === 0;
  if (isNothing) return null;
  const usage = { ...noUsage(), kvPuts, objectRequests: alarms, rowsRead, rowsWritten };
  return { lag, counts: { ...countsOfWork({ hash: 'alarm', kind: 'alarm' }, usage, alarms), events } };
}
