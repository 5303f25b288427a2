import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { flipRecord, readFlippedRecords } from '../tables/idempotency-table.ts';
import { readRestoresAt, type StoredRestore } from '../tables/restores-table.ts';

/**
 * Rows have gone back to what they were at a version: what keyed writes have done until then is as it was there, done or undone.
 * What was written later was marked as undone, commit by commit, as it was taken back.
 *
 * @param by version of the commit that ends the restore.
 */
export function restoreRecords(session: SqlSession, restore: StoredRestore, by: Version): void {
  const { state, target, startVersion, shardKeys } = restore;
  const moment = state === 'CANCELLING' ? startVersion : target;
  const restores = readRestoresAt(session, moment).filter(({ id }) => id !== restore.id);
  /** While a restore ran, its rows count as they were when it began: see `past-point.ts`. */
  const momentOf = (shardKey: ShardKey | null): Version =>
    Math.min(
      moment,
      ...restores
        .filter((other) => shardKey !== null && (other.shardKeys?.includes(shardKey) ?? true))
        .map((other) => other.startVersion),
    );
  const earliest = Math.min(moment, ...restores.map((other) => other.startVersion));
  for (const { seq, shardKey, version, isUndone, flips } of readFlippedRecords(session, earliest)) {
    const isMeant = shardKeys === null || shardKey === null || shardKeys.includes(shardKey);
    const then = momentOf(shardKey);
    if (!isMeant || version > then) continue;
    const undone = flips.findLast(([flipped]) => flipped <= then)?.[1] ?? 0;
    if (undone !== (isUndone ? 1 : 0)) flipRecord(session, seq, undone, by);
  }
}
