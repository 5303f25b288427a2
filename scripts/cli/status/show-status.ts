import type { ShardStatus } from '../../../src/shards/protocol/shard-rpc.ts';
import { restorableSinceMs } from '../../../src/shards/restorable-since.ts';
import { alignColumns } from '../align-columns.ts';
import { capacityLines } from './capacity-lines.ts';
import { type ClusterStatus, hasFailed, type ShardReport } from './fetch-status.ts';

const MIB = 2 ** 20;
const DAY_MS = 86_400_000;
/** The shard runs a release that does not tell, or the monitor does not know. */
const UNKNOWN = 'unknown';

const HEAD = ['SHARD', 'SLOTS', 'ROWS', 'MIB', 'MIB/DAY', '80 % IN', 'LOG MIB', 'RESTORABLE SINCE', 'MIGRATION'];

/** The status as text for people: a line per shard, what is to be known of their capacity, then the rows of each table. */
export function showStatus({ shards, rowsByTable }: ClusterStatus, nowMs: number): string {
  const reports = [HEAD, ...shards.map((report) => shardCells(report, nowMs))];
  const warnings = capacityLines(shards);
  const tables = [['TABLE', 'ROWS'], ...[...rowsByTable].map(([table, rows]) => [table, rows.toLocaleString('en')])];
  return [alignColumns(reports), ...(warnings.length > 0 ? [warnings.join('\n')] : []), alignColumns(tables)].join(
    '\n\n',
  );
}

function shardCells({ shard, status, capacity }: ShardReport, nowMs: number): string[] {
  if (hasFailed(status)) return [shard, `${status.code}: ${status.message}`];
  const slots = status.slots.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const rows = Object.values(status.rowsByTable).reduce((sum, count) => sum + count, 0);
  return [
    shard,
    String(slots),
    rows.toLocaleString('en'),
    mebibytes(status.databaseBytes),
    capacity?.growthPerDay == null ? UNKNOWN : mebibytes(capacity.growthPerDay),
    daysUntil(capacity?.reaches80AtMs, nowMs),
    status.logBytes === undefined ? UNKNOWN : mebibytes(status.logBytes),
    restorableSince(status),
    status.migration ?? 'none',
  ];
}

const mebibytes = (bytes: number): string => (bytes / MIB).toFixed(1);

function daysUntil(atMs: number | null | undefined, nowMs: number): string {
  if (atMs == null) return UNKNOWN;
  const days = Math.floor((atMs - nowMs) / DAY_MS);
  if (days <= 0) return 'now';
  return days === 1 ? '1 day' : `${days.toLocaleString('en')} days`;
}

function restorableSince({ restorableSince: version }: ShardStatus): string {
  if (version === undefined) return UNKNOWN;
  const sinceMs = restorableSinceMs(version);
  return sinceMs === null ? 'its beginning' : new Date(sinceMs).toISOString();
}
