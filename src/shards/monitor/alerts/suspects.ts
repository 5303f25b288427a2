/** Who has most of something: the operation, and the shard key. */
import { type Counts, type KeyCalls, type OperationCounts, OTHER, OTHER_KEYS } from '../../isolate-report.ts';
import type { ShardKey } from '../../shard-key.ts';

/** An operation in all its roles, modes and sources. */
interface OperationSums {
  readonly hash: string;
  readonly label: string;
  readonly requests: number;
  readonly value: number;
}

/** By what is to be weighed, most first; those that have none of it are left out. */
export function operationsBy(
  { operations }: Pick<Counts, 'operations'>,
  weigh: (counts: OperationCounts) => number,
): OperationSums[] {
  const sums = new Map<string, OperationSums>();
  for (const counts of operations) {
    if (counts.hash === OTHER) continue;
    const known = sums.get(counts.hash) ?? { hash: counts.hash, label: labelOf(counts), requests: 0, value: 0 };
    sums.set(counts.hash, {
      ...known,
      requests: known.requests + counts.requests,
      value: known.value + weigh(counts),
    });
  }
  return [...sums.values()].filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
}

/** An operation by its name; by its hash where it has none. */
const labelOf = ({ name, hash }: Pick<OperationCounts, 'name' | 'hash'>): string => name ?? hash;

interface KeySuspect {
  readonly shardKey: ShardKey;
  readonly shard: string | null;
  /** Null: of no operation it has most. */
  readonly operation: string | null;
  readonly value: number;
}

/**
 * The shard key with most of something; null: none has any.
 *
 * @param shard null: of any shard.
 */
export function keyBy(
  { keys, operations }: Pick<Counts, 'keys' | 'operations'>,
  shard: string | null,
  weigh: (counts: KeyCalls) => number,
): KeySuspect | null {
  let most: KeyCalls | null = null;
  for (const counts of keys) {
    if (counts.shardKey === OTHER_KEYS || (shard !== null && counts.shard !== shard)) continue;
    if (weigh(counts) > 0 && (most === null || weigh(counts) > weigh(most))) most = counts;
  }
  if (most === null) return null;
  const { shardKey, operation: hash } = most;
  const operation =
    hash === null ? null : labelOf(operations.find((each) => each.hash === hash) ?? { name: null, hash });
  return { shardKey, shard: most.shard, operation, value: weigh(most) };
}

interface Writers {
  /** Null: none has written, or it is not known. */
  readonly shard: string | null;
  readonly shardKey: ShardKey | null;
  readonly operation: string | null;
}

/**
 * Who writes most. What most requests of a shard key are is named only if it writes: they may be reads.
 *
 * @param shard null: of any shard.
 */
export function writersOf(counts: Pick<Counts, 'keys' | 'operations'>, shard: string | null): Writers {
  const key = keyBy(counts, shard, ({ usage }) => usage.rowsWritten);
  const writing = operationsBy(counts, ({ usage }) => usage.rowsWritten);
  const own = writing.find(({ label }) => label === key?.operation) ?? writing[0];
  return { shard: key?.shard ?? null, shardKey: key?.shardKey ?? null, operation: own?.label ?? null };
}

/** A share of something, as people read it. */
export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
