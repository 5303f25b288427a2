/**
 * `_slots`: the slots this shard owns, as ascending, disjoint, non-adjacent ranges. `_epoch`: one row, the epoch of the shard map
 * they come from, whether the shard holds, or once held, rows of slots that it does not own, and the placed shard keys whose own slot it
 * owns, or the one that their hash gives: a list in JSON, so that a start reads one row. All of it is written in one transaction, by the
 * catalog's grants, and where the database went back: nothing else changes which keys are owned.
 *
 * A slot whose hash leads to placed shard keys has a row of its own, {@link FENCED} further up. A release that knows no placed shard keys, after a
 * rollback, finds that slot with none of its shards. It refuses what is asked of it, in place of writing rows where they must not be.
 *
 * `born`: the moment of the grant that began the installation, as a version; 0 in a shard that was added later, where rows were on others before.
 */
import type { PlacedKey } from '../../placed-key.ts';
import { type SlotRange, slotOf } from '../../slots.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

export const CREATE_SLOTS_TABLE = `CREATE TABLE IF NOT EXISTS _slots (
  first INTEGER PRIMARY KEY,
  last INTEGER NOT NULL
)`;

export const CREATE_EPOCH_TABLE = `CREATE TABLE IF NOT EXISTS _epoch (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  hides_rows INTEGER NOT NULL,
  born INTEGER NOT NULL DEFAULT 0,
  placed TEXT NOT NULL DEFAULT '[]'
)`;

/** Added to slots that releases without placed shard keys must not find: greater than any slot. */
const FENCED = 2 ** 20;

/** Brings tables that earlier releases made to the form above: one had a row for each slot. To be called before they are made. */
export function renewSlotsTable(session: SqlSession): void {
  const known = columnsOf(session, '_epoch');
  if (known.length > 0 && !known.includes('born'))
    session.run('ALTER TABLE _epoch ADD COLUMN born INTEGER NOT NULL DEFAULT 0');
  if (known.length > 0 && !known.includes('placed'))
    session.run("ALTER TABLE _epoch ADD COLUMN placed TEXT NOT NULL DEFAULT '[]'");
  if (!columnsOf(session, '_slots').includes('slot')) return;
  const slots = session.rows('SELECT slot FROM _slots').map(([slot]): SlotRange => [slot as number, slot as number]);
  const epoch = session.row('SELECT epoch FROM _epoch')?.[0] as number | undefined;
  for (const table of ['_slots', '_epoch']) session.run(`DROP TABLE ${table}`);
  for (const statement of [CREATE_SLOTS_TABLE, CREATE_EPOCH_TABLE]) session.run(statement);
  if (epoch !== undefined) writeGrant(session, epoch, slots, []);
}

/** None: there is no such table. */
const columnsOf = (session: SqlSession, table: '_slots' | '_epoch') =>
  session.rows(`SELECT name FROM pragma_table_info('${table}')`).map(([name]) => name);

/** True if a slot is owned, as an SQL expression. `slot` is one: a column, with the name of its table. */
export const isOwnedSql = (slot: string): string =>
  `(${slot} <= (SELECT last FROM _slots WHERE first <= ${slot} ORDER BY first DESC LIMIT 1)
    OR ${slot} + ${FENCED} IN (SELECT first FROM _slots))`;

/** What the last grant said. */
interface Grant {
  /** 0 before the first. */
  readonly epoch: number;
  readonly ranges: readonly SlotRange[];
  readonly hidesRows: boolean;
  readonly placed: readonly PlacedKey[];
}

export function readGrant(session: ReadSession): Grant {
  const [epoch, hidesRows, placed] = (session.row('SELECT epoch, hides_rows, placed FROM _epoch') ?? [0, 0, '[]']) as [
    number,
    number,
    string,
  ];
  const stored = session.rows('SELECT first, last FROM _slots ORDER BY first') as unknown as SlotRange[];
  const ranges = joined(
    stored.map(([first, last]) => (first < FENCED ? [first, last] : [first - FENCED, last - FENCED])),
  );
  return { epoch, ranges, hidesRows: hidesRows === 1, placed: JSON.parse(placed) as PlacedKey[] };
}

/** The moment at which the installation began; 0: not known. */
export const readBirth = (session: ReadSession): Version =>
  (session.row('SELECT born FROM _epoch')?.[0] as Version | undefined) ?? 0;

/** Replaces the owned slots. It reads all shard keys. `born` counts if it is the first grant. */
export function writeGrant(
  session: SqlSession,
  epoch: number,
  ranges: readonly SlotRange[],
  placed: readonly PlacedKey[],
  born: Version = 0,
): void {
  session.run('DELETE FROM _slots');
  for (const [first, last] of fenced(joined(ranges), placed))
    session.run('INSERT INTO _slots (first, last) VALUES (?, ?)', first, last);
  session.run(
    `INSERT INTO _epoch (id, epoch, born, hides_rows, placed)
     VALUES (1, ?, ?, EXISTS (SELECT 1 FROM _keys WHERE coalesce(${isOwnedSql('_keys.slot')}, 0) = 0), ?)
     ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, hides_rows = excluded.hides_rows, placed = excluded.placed`,
    epoch,
    born,
    JSON.stringify(placed),
  );
}

/** The slots that the hash gives for placed shard keys are cut out, and are further up. */
function fenced(ranges: readonly SlotRange[], placed: readonly PlacedKey[]): SlotRange[] {
  const isOwned = (slot: number) => ranges.some(([first, last]) => first <= slot && slot <= last);
  const slots = [...new Set(placed.map(([key]) => slotOf(key)))].filter(isOwned);
  const left = slots.reduce<readonly SlotRange[]>(
    (all, slot) =>
      all.flatMap(([first, last]): SlotRange[] =>
        slot < first || last < slot
          ? [[first, last]]
          : [
              [first, slot - 1],
              [slot + 1, last],
            ],
      ),
    ranges,
  );
  return [...joined(left), ...slots.map((slot): SlotRange => [slot + FENCED, slot + FENCED])];
}

/** In order, without those that touch. */
function joined(ranges: readonly SlotRange[]): SlotRange[] {
  const result: SlotRange[] = [];
  for (const [first, last] of ranges.filter((range) => range[0] <= range[1]).sort((a, b) => a[0] - b[0])) {
    const before = result.at(-1);
    if (before === undefined || first > before[1] + 1) result.push([first, last]);
    else result[result.length - 1] = [before[0], Math.max(before[1], last)];
  }
  return result;
}
