import { MAX_BYTES_AT_ONCE, MAX_ROWS_AT_ONCE } from '../../../../src/shards/migration-limits.ts';
import type { ShardView } from '../../../../src/shards/shard-view.ts';

const GUIDE = '"Large tables" in docs/changing-the-model.md';
const LIMITS = { rows: `${MAX_ROWS_AT_ONCE.toLocaleString('en')} rows`, bytes: `${MAX_BYTES_AT_ONCE / 2 ** 20} MiB` };

/** Tables that a migration cannot change in one transaction, or the shards that may have any. */
export function largeTables(shards: readonly ShardView[]): string[] {
  const uncounted = shards.filter(({ figures, rowsByTable }) => rowsByTable === null && figures !== null);
  const counted = shards.filter(({ rowsByTable }) => rowsByTable !== null);
  return [
    ...countedTables(counted),
    ...linesOf(
      counted.filter((shard) => hasManyBytes(shard) && !Object.values(shard.rowsByTable!).some(isMany)),
      (names) =>
        `${names}: a table of fewer, but long rows may have more than ${LIMITS.bytes} there, and is then migrated in steps (${GUIDE}).`,
    ),
    ...linesOf(
      uncounted.filter((shard) => isMany(shard.figures!.rows ?? 0) || hasManyBytes(shard)),
      (names) =>
        `${names}: a table may have more than ${LIMITS.rows} or ${LIMITS.bytes} there, and is then migrated in steps (${GUIDE}). --count counts rows by table, and reads all of them.`,
    ),
    ...linesOf(
      shards.filter(({ figures, rowsByTable }) => figures === null && rowsByTable === null),
      (names) => `${names} did not tell how many rows there are.`,
    ),
  ];
}

const isMany = (rows: number): boolean => rows > MAX_ROWS_AT_ONCE;

/** All tables together: those of one are not known. */
const hasManyBytes = ({ figures }: ShardView): boolean =>
  figures !== null && figures.liveBytes - figures.logBytes > MAX_BYTES_AT_ONCE;

function countedTables(shards: readonly ShardView[]): string[] {
  const types = new Set(shards.flatMap(({ rowsByTable }) => Object.keys(rowsByTable ?? {})));
  const rowsOf = ({ rowsByTable }: ShardView, type: string) => rowsByTable?.[type] ?? 0;
  return [...types].flatMap((type) => {
    const large = shards.filter((shard) => isMany(rowsOf(shard, type)));
    const most = Math.max(...large.map((shard) => rowsOf(shard, type)));
    return linesOf(
      large,
      (names) =>
        `${type} has up to ${most.toLocaleString('en')} rows on a shard (${names}): a migration that rebuilds it, updates its rows or drops a column is made in steps. Run it before the release takes over: ${GUIDE}.`,
    );
  });
}

const linesOf = (shards: readonly ShardView[], toLine: (names: string) => string): string[] =>
  shards.length === 0 ? [] : [toLine(namesOf(shards))];

const MAX_NAMES = 3;

/** Of a few, and how many more there are. */
function namesOf(shards: readonly ShardView[]): string {
  const names = shards.slice(0, MAX_NAMES).map(({ shard }) => shard);
  const more = shards.length - names.length;
  return more === 0 ? names.join(', ') : `${names.join(', ')} and ${more} more`;
}
