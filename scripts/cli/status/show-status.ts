import type { ShardStatus } from '../../../src/shards/protocol/shard-rpc.ts';
import { restorableSinceMs } from '../../../src/shards/restorable-since.ts';
import { alignColumns } from '../align-columns.ts';
import { type ClusterStatus, hasFailed, type ShardReport } from './fetch-status.ts';

/** The status as text for people: a line per shard, then the rows of each table. */
export function showStatus({ shards, rowsByTable }: ClusterStatus): string {
  const reports = [
    ['SHARD', 'SLOTS', 'ROWS', 'MIB', 'LOG MIB', 'RESTORABLE SINCE', 'MIGRATION'],
    ...shards.map(shardCells),
  ];
  const tables = [['TABLE', 'ROWS'], ...[...rowsByTable].map(([table, rows]) => [table, rows.toLocaleString('en')])];
  return `${alignColumns(reports)}\n\n${alignColumns(tables)}`;
}

function shardCells({ shard, status }: ShardReport): string[] {
  if (hasFailed(status)) return [shard, `${status.code}: ${status.message}`];
  const slots = status.slots.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const rows = Object.values(status.rowsByTable).reduce((sum, count) => sum + count, 0);
  return [
    shard,
    String(slots),
    rows.toLocaleString('en'),
    mebibytes(status.databaseBytes),
    status.logBytes === undefined ? UNKNOWN : mebibytes(status.logBytes),
    restorableSince(status),
    status.migration ?? 'none',
  ];
}

/** The shard runs a release that does not tell. */
const UNKNOWN = 'unknown';

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

function restorableSince({ restorableSince: version }: ShardStatus): string {
  if (version === undefined) return UNKNOWN;
  const sinceMs = restorableSinceMs(version);
  return sinceMs === null ? 'its beginning' : new Date(sinceMs).toISOString();
}
