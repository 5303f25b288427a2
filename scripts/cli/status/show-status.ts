import { type ClusterStatus, hasFailed, type ShardReport } from './fetch-status.ts';

/** The status as text for people: a line per shard, then the rows of each table. */
export function showStatus({ shards, rowsByTable }: ClusterStatus): string {
  const reports = [['SHARD', 'SLOTS', 'ROWS', 'MIB', 'MIGRATION'], ...shards.map(shardCells)];
  const tables = [['TABLE', 'ROWS'], ...[...rowsByTable].map(([table, rows]) => [table, rows.toLocaleString('en')])];
  return `${align(reports)}\n\n${align(tables)}`;
}

function shardCells({ shard, status }: ShardReport): string[] {
  if (hasFailed(status)) return [shard, `${status.code}: ${status.message}`];
  const slots = status.slots.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const rows = Object.values(status.rowsByTable).reduce((sum, count) => sum + count, 0);
  const mebibytes = (status.databaseBytes / 2 ** 20).toFixed(1);
  return [shard, String(slots), rows.toLocaleString('en'), mebibytes, status.migration ?? 'none'];
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, index) =>
    Math.max(...lines.filter((line) => line.length === lines[0]!.length).map((line) => line[index]!.length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
