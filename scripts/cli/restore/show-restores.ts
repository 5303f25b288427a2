import { alignColumns } from '../align-columns.ts';
import type { Restore } from './request-restore.ts';

const HEAD = ['began', 'state', 'what', 'to', 'changes', 'id', ''];

/** The latest restores, as a table, and what it does not know of. */
export const showRestores = (restores: readonly Restore[]): string =>
  restores.length === 0
    ? 'there was no restore'
    : [alignColumns([HEAD, ...restores.map(cellsOf)]), ...silentLines(restores[0]!)].join('\n');

/** Silent shards are the same of all of them. */
const silentLines = ({ silentShards }: Restore): string[] =>
  silentShards.map(
    ({ name, code, message }) =>
      `${name} does not answer, so what is restored there is not counted: ${code}: ${message}`,
  );

const cellsOf = (restore: Restore): string[] => [
  restore.beganAt,
  restore.state,
  scopeOf(restore),
  restore.time,
  `${restore.changesTakenBack}/${restore.totalChanges}`,
  restore.id,
  remarkOf(restore),
];

/** Shard keys that a line has room for. */
const MAX_NAMED_KEYS = 3;

function scopeOf({ shardKeys, shard, copyOf, as }: Restore): string {
  if (copyOf !== null) return `${copyOf} as ${as}`;
  if (shard !== null) return shard;
  if (shardKeys === null) return 'all';
  const more = shardKeys.length - MAX_NAMED_KEYS;
  const named = shardKeys.slice(0, MAX_NAMED_KEYS).join(', ');
  return `shard key${shardKeys.length === 1 ? '' : 's'} ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

function remarkOf({ undoes, undoneBy, problem }: Restore): string {
  if (problem !== null) return `${problem.code}: ${problem.message}`;
  if (undoes !== null) return `undoes ${undoes}`;
  return undoneBy === null ? '' : `undone by ${undoneBy}`;
}
