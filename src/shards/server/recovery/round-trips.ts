import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { type LogPart, MAX_PARTS_LEFT_OUT } from '../tables/log-spans.ts';
import { readRestoresEndedAfter, type StoredRestore } from '../tables/restores-table.ts';

/**
 * The parts within a part of the log at whose ends rows were what they were at their beginnings, row versions aside: a restore had
 * led them back there, or had been cancelled. Nothing of them has to be taken back. Else who restores the same rows to the same moment over and
 * over would take back twice as many changes each time.
 *
 * Found from the end of the log to its beginning. A restore that lies within what a later one has led back over is of no use any more; shard
 * key by shard key, as restores have different ones.
 */
export function roundTrips(session: ReadSession, { after, upTo, shardKeys }: LogPart): LogPart[] {
  const parts: LogPart[] = [];
  const reached = new Reached(upTo);
  for (const restore of readRestoresEndedAfter(session, after)) {
    const from = ledBackTo(restore);
    const endSeq = restore.endSeq!;
    if (from === null || from < after || from === endSeq) continue;
    const keys = reached.among(meant(restore.shardKeys, shardKeys), endSeq);
    if (keys?.length === 0) continue;
    parts.push({ after: from, upTo: endSeq, shardKeys: keys });
    if (parts.length === MAX_PARTS_LEFT_OUT) break;
    reached.jump(keys, from);
  }
  return parts;
}

/** After which change its rows were what they were when it ended. Null: not after the same one for all of its shard keys. */
const ledBackTo = ({ state, startSeq, span }: StoredRestore): number | null =>
  state === 'CANCELLED' ? startSeq : span.partly === null ? span.after : null;

const meant = (restored: readonly ShardKey[] | null, asked: readonly ShardKey[] | null): readonly ShardKey[] | null =>
  restored === null || asked === null ? (restored ?? asked) : restored.filter((key) => asked.includes(key));

/** How far the rows of each shard key have been followed back. */
class Reached {
  #rest: number;
  readonly #byKey = new Map<ShardKey, number>();

  constructor(seq: number) {
    this.#rest = seq;
  }

  /** Those of these shard keys (null: all) that have not been followed to before a seq. */
  among(shardKeys: readonly ShardKey[] | null, seq: number): readonly ShardKey[] | null {
    if (shardKeys !== null) return shardKeys.filter((key) => (this.#byKey.get(key) ?? this.#rest) >= seq);
    return Math.min(this.#rest, ...this.#byKey.values()) >= seq ? null : [];
  }

  jump(shardKeys: readonly ShardKey[] | null, seq: number): void {
    if (shardKeys === null) {
      this.#rest = seq;
      this.#byKey.clear();
    } else for (const key of shardKeys) this.#byKey.set(key, seq);
  }
}
