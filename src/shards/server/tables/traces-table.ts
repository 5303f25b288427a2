/**
 * `_traces`: shard keys under which readers may keep answers for longer than they can vouch for them, in Workers KV above all:
 * changes there have to be published. A row is written in the turn of the read that asks for it, so it is there before any answer
 * is put.
 *
 * - `until`: when the last of those answers dies, in milliseconds since 1970 on this shard's clock, with room for the next readers.
 *   Clocks may err, so a row does not end by that time: the first change after it is published too, and then the row goes.
 * - `stamped`: stamps were put since the row was last written. Before that readers find none, or some that expire too early.
 *
 * The row {@link EVERY_SHARD_KEY} stands for all: answers of before slots came here, or of before the database went back in time.
 */
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';

export const CREATE_TRACES_TABLE = `CREATE TABLE IF NOT EXISTS _traces (
  shard_key TEXT PRIMARY KEY,
  until INTEGER NOT NULL,
  stamped INTEGER NOT NULL
) WITHOUT ROWID`;

/** Shard keys have a tag and a colon. */
export const EVERY_SHARD_KEY = '*';

export interface Trace {
  readonly untilMs: number;
  readonly isStamped: boolean;
}

type TracedKey = ShardKey | typeof EVERY_SHARD_KEY;

/** Null: there is none. */
export function readTrace(session: SqlSession, shardKey: TracedKey): Trace | null {
  const row = session.row('SELECT until, stamped FROM _traces WHERE shard_key = ?', shardKey);
  return row === undefined ? null : { untilMs: row[0] as number, isStamped: row[1] === 1 };
}

export const writeTrace = (session: SqlSession, shardKey: TracedKey, { untilMs, isStamped }: Trace): void =>
  session.run(
    `INSERT INTO _traces (shard_key, until, stamped) VALUES (?, ?, ?)
     ON CONFLICT (shard_key) DO UPDATE SET until = excluded.until, stamped = excluded.stamped`,
    shardKey,
    untilMs,
    isStamped ? 1 : 0,
  );

export const removeTrace = (session: SqlSession, shardKey: ShardKey): void =>
  session.run('DELETE FROM _traces WHERE shard_key = ?', shardKey);
