/**
 * `_slots`: the slots this shard owns, one row each (so that plans can join them). `_epoch`: one row, the epoch of the
 * shard map they come from. Both are written in one transaction, by the catalog's grants, and where the database went back.
 */
import type { SlotRange } from '../../slots.ts';
import type { SqlSession } from '../../sql/sql-session.ts';

export const CREATE_SLOTS_TABLE = 'CREATE TABLE IF NOT EXISTS _slots (slot INTEGER PRIMARY KEY)';

export const CREATE_EPOCH_TABLE = `CREATE TABLE IF NOT EXISTS _epoch (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL
)`;

/** Epoch of the last grant; 0 before the first. */
export const readEpoch = (session: SqlSession): number =>
  (session.row('SELECT epoch FROM _epoch')?.[0] as number | undefined) ?? 0;

/** The owned slots as ascending, disjoint, non-adjacent ranges. */
export const readSlotRanges = (session: SqlSession): SlotRange[] =>
  session.rows(
    `SELECT min(slot), max(slot)
     FROM (SELECT slot, slot - row_number() OVER (ORDER BY slot) AS island FROM _slots)
     GROUP BY island
     ORDER BY 1`,
  ) as unknown as SlotRange[];

/** Replaces the owned slots. */
export function writeSlots(session: SqlSession, epoch: number, ranges: readonly SlotRange[]): void {
  session.run('DELETE FROM _slots');
  session.run(
    `WITH RECURSIVE
       ranges(slot, last) AS (SELECT value ->> 0, value ->> 1 FROM json_each(?)),
       slots(slot, last) AS (
         SELECT slot, last FROM ranges WHERE slot <= last
         UNION ALL
         SELECT slot + 1, last FROM slots WHERE slot < last
       )
     INSERT INTO _slots (slot) SELECT slot FROM slots`,
    JSON.stringify(ranges),
  );
  session.run(
    'INSERT INTO _epoch (id, epoch) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch',
    epoch,
  );
}
