import { MAX_BYTES_AT_ONCE, MAX_ROWS_AT_ONCE } from '../../../../src/shards/migration-limits.ts';
import type { ShardView } from '../../../../src/shards/shard-view.ts';

const GUIDE = '"Large tables" in docs/changing-the-model.md';
const LIMITS = `${MAX_ROWS_AT_ONCE.toLocaleString('en')} rows or ${MAX_BYTES_AT_ONCE / 2 ** 20} MiB`;

/** Tables that a migration cannot change in one transaction; of shards whose rows were not counted, whether they may have any. */
export function largeTables(shards: readonly ShardView[]): string[] {
  const unknown = shards.filter(({ figures, rowsByTable }) => figures === null && rowsByTable === null);
  return [
    ...countedTables(shards),
    ...shardsThatMayHaveSome(shards),
    ...(unknown.length === 0 ? [] : [`${namesOf(unknown)} did not tell how many rows there are.`]),
  ];
}

function countedTables(shards: readonly ShardView[]): string[] {
  const types = new Set(shards.flatMap(({ rowsByTable }) => Object.keys(rowsByTable ?? {})));
  const rowsOf = ({ rowsByTable }: ShardView, type: string) => rowsByTable?.[type] ?? 0;
  return [...types].flatMap((type) => {
    const large = shards.filter((shard) => rowsOf(shard, type) > MAX_ROWS_AT_ONCE);
    if (large.length === 0) return [];
    const most = Math.max(...large.map((shard) => rowsOf(shard, type)));
    return [
      `${type} has up to ${most.toLocaleString('en')} rows on a shard (${namesOf(large)}): a migration that rebuilds it, updates its rows or drops a column is made in steps. Run it before the release takes over: ${GUIDE}.`,
    ];
  });
}

function shardsThatMayHaveSome(shards: readonly ShardView[]): string[] {
  const large = shards.filter(({ figures, rowsByTable }) => {
    if (figures === null || rowsByTable !== null) return false;
    return (figures.rows ?? 0) > MAX_ROWS_AT_ONCE || figures.liveBytes - figures.logBytes > MAX_BYTES_AT_ONCE;
  });
  return large.length === 0
    ? []
    : [
        `${namesOf(large)}: a table may have more than ${LIMITS} there, and is then migrated in steps (${GUIDE}). --count says which tables, and reads all rows.`,
      ];
}

const MAX_NAMES = 3;

/** Of a few, and how many more there are. */
function namesOf(shards: readonly ShardView[]): string {
  const names = shards.slice(0, MAX_NAMES).map(({ shard }) => shard);
  const more = shards.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}
