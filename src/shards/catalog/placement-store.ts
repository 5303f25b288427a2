import { MAX_BOOKMARK_AGE_MS } from '../bookmark.ts';
import type { PlacedKey } from '../placed-key.ts';
import { initialRanges, type ShardMap, type ShardPlacement } from '../shard-map.ts';
import { SLOT_HASH, type SlotRange, slotOf } from '../slots.ts';
import { SqlSession } from '../sql/sql-session.ts';
import type { Version } from '../version.ts';
import { PlacedKeysTable } from './placed-keys-table.ts';
import { holdsAnyOf, withoutSlots, withSlots } from './slot-ranges.ts';

const CREATE_TABLES = [
  `CREATE TABLE IF NOT EXISTS _catalog (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch INTEGER NOT NULL, slot_hash TEXT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS _placements (
    position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, generation INTEGER NOT NULL,
    ranges TEXT NOT NULL, granted INTEGER NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS _assignment (
    id INTEGER PRIMARY KEY CHECK (id = 1), first_slot INTEGER NOT NULL, last_slot INTEGER NOT NULL, target TEXT NOT NULL
  )`,
  'CREATE TABLE IF NOT EXISTS _taken_versions (target TEXT PRIMARY KEY, version INTEGER NOT NULL)',
  // Slots that came to a shard, of the last 30 days: a database from before has no rows of them.
  'CREATE TABLE IF NOT EXISTS _arrivals (target TEXT NOT NULL, at INTEGER NOT NULL)',
];
const READ_CATALOG = 'SELECT epoch, slot_hash FROM _catalog';
const INSERT_CATALOG = 'INSERT INTO _catalog (id, epoch, slot_hash) VALUES (1, 1, ?)';
const RAISE_EPOCH = 'UPDATE _catalog SET epoch = epoch + ?';
const READ_PLACEMENTS = 'SELECT name, generation, ranges, granted FROM _placements ORDER BY position';
const INSERT_PLACEMENT = 'INSERT INTO _placements (name, generation, ranges, granted) VALUES (?, 1, ?, 0)';
const UPDATE_PLACEMENT = 'UPDATE _placements SET ranges = ?, granted = ? WHERE name = ?';
const WITHDRAW_GRANT = 'UPDATE _placements SET granted = 0 WHERE name = ?';
const CONFIRM_GRANT = 'UPDATE _placements SET granted = 1 WHERE name = ?';
const READ_ASSIGNMENT = 'SELECT first_slot, last_slot, target FROM _assignment';
const INSERT_ASSIGNMENT = 'INSERT INTO _assignment (id, first_slot, last_slot, target) VALUES (1, ?, ?, ?)';
const DELETE_ASSIGNMENT = 'DELETE FROM _assignment';
const READ_TAKEN_VERSION = 'SELECT version FROM _taken_versions WHERE target = ?';
const TAKE_VERSION = `INSERT INTO _taken_versions (target, version) VALUES (?, ?)
  ON CONFLICT (target) DO UPDATE SET version = max(version, excluded.version)`;
const INSERT_ARRIVAL = 'INSERT INTO _arrivals (target, at) VALUES (?, ?)';
const DELETE_ARRIVALS = 'DELETE FROM _arrivals WHERE at < ?';
const READ_LAST_ARRIVAL = 'SELECT max(at) FROM _arrivals WHERE target = ?';

/** A change of owner that has begun: the old owners may have given the slots up; the map still names them. */
export interface Assignment {
  readonly slots: SlotRange;
  readonly target: string;
}

/** A placement, and whether its shard has confirmed that it knows its slots. */
interface StoredPlacement extends ShardPlacement {
  readonly granted: boolean;
}

/** The slots that a shard is to own from an epoch on. */
export interface Grant {
  readonly name: string;
  readonly epoch: number;
  readonly ranges: readonly SlotRange[];
  /** The greatest version of the shards that gave slots up for it; 0: none did. */
  readonly least: Version;
  /** Placed shard keys whose own slot is among them, or the one that their hash gives. */
  readonly placed: readonly PlacedKey[];
}

/** What changes with an epoch. */
interface PlacementChange {
  /** By name of the shard; one that is new is added. */
  readonly ranges: ReadonlyMap<string, readonly SlotRange[]>;
  /** Shards that are to be granted what they own then: all others know it. */
  readonly toGrant: ReadonlySet<string>;
  /** Changed in the same transaction. */
  readonly also: () => void;
}

/**
 * The catalog's durable state. Each method is one transaction, so that a crash leaves it before or after a step.
 *
 * The order of steps keeps the invariant that a slot never has two owners: an assignment is stored, then the old owners
 * give the slots up ({@link pendingReleases}), then the map names the new owner ({@link completeAssignment}), and only
 * then are they granted to it ({@link pendingGrants}). Whatever is pending can be repeated.
 */
export class PlacementStore {
  readonly #storage: DurableObjectStorage;
  readonly #session: SqlSession;
  readonly #placedKeys: PlacedKeysTable;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#session = new SqlSession(storage.sql);
    for (const statement of CREATE_TABLES) this.#session.run(statement);
    this.#placedKeys = new PlacedKeysTable(this.#session);
  }

  /** The map, or null before the first placement. */
  map(): ShardMap | null {
    const catalog = this.#session.row(READ_CATALOG);
    if (!catalog) return null;
    const [epoch, slotHash] = catalog as [number, string];
    const shards = this.#placements().map(({ name, generation, ranges }) => ({ name, generation, ranges }));
    const placed = this.#placedKeys.placed();
    return { epoch, slotHash, shards, ...(placed.length > 0 && { placed }) };
  }

  /** True if nothing is pending. */
  isSettled(): boolean {
    return this.assignment() === null && this.#placements().every((placement) => placement.granted);
  }

  /** The first placement: epoch 1, shards `shard-0` … with equal ranges, none of them granted yet. */
  place(shardCount: number): void {
    this.#storage.transactionSync(() => {
      this.#session.run(INSERT_CATALOG, SLOT_HASH);
      for (const [index, range] of initialRanges(shardCount).entries()) {
        this.#session.run(INSERT_PLACEMENT, `shard-${index}`, JSON.stringify([range]));
      }
    });
  }

  assignment(): Assignment | null {
    const row = this.#session.row(READ_ASSIGNMENT);
    if (!row) return null;
    const [first, last, target] = row as [number, number, string];
    return { slots: [first, last], target };
  }

  beginAssignment({ slots, target }: Assignment): void {
    this.#session.run(INSERT_ASSIGNMENT, slots[0], slots[1], target);
  }

  /** What the old owners of the assignment keep, as of the epoch that its completion will bring. */
  pendingReleases({ slots, target }: Assignment): Grant[] {
    const { epoch, placed = [] } = this.map()!;
    return this.#placements()
      .filter(({ name, ranges }) => name !== target && holdsAnyOf(ranges, slots))
      .map(({ name, ranges }) => grantOf(name, epoch + 1, withoutSlots(ranges, slots), placed));
  }

  /** An old owner has given slots up; its last commit has this version. Store it before the slots are granted to the new one. */
  takeVersion({ target }: Pick<Assignment, 'target'>, version: Version): void {
    this.#session.run(TAKE_VERSION, target, version);
  }

  /**
   * The old owners have given the slots up: the map now names the new owner, to which they are still to be granted.
   *
   * @param nowMs milliseconds since 1970.
   */
  completeAssignment({ slots, target }: Assignment, nowMs: number): void {
    this.#storage.transactionSync(() => {
      const placements = this.#placements();
      for (const { name, ranges } of placements) {
        if (name === target || !holdsAnyOf(ranges, slots)) continue;
        this.#session.run(UPDATE_PLACEMENT, JSON.stringify(withoutSlots(ranges, slots)), 1, name);
      }
      const owner = placements.find(({ name }) => name === target);
      if (!owner) this.#session.run(INSERT_PLACEMENT, target, JSON.stringify([slots]));
      else {
        const ranges = withSlots(withoutSlots(owner.ranges, slots), slots);
        this.#session.run(UPDATE_PLACEMENT, JSON.stringify(ranges), 0, target);
      }
      this.#session.run(RAISE_EPOCH, 1);
      this.#session.run(DELETE_ASSIGNMENT);
      this.#session.run(DELETE_ARRIVALS, nowMs - MAX_BOOKMARK_AGE_MS);
      this.#session.run(INSERT_ARRIVAL, target, nowMs);
    });
  }

  /** When slots last came to the shard from others, in milliseconds since 1970; null: not in the last 30 days. */
  lastArrivalMs(name: string): number | null {
    return (this.#session.row(READ_LAST_ARRIVAL, name)?.[0] as number | null | undefined) ?? null;
  }

  /** What a shard is told that gives all its slots up for a while: {@link grantAgain} ends that. */
  releaseOfAll(name: string): Grant {
    return grantOf(name, this.map()!.epoch + 1, [], []);
  }

  /**
   * A shard that has given all its slots up is to have them again, in an epoch that is newer than the one in which it did so.
   *
   * @param least its versions are greater from then on.
   */
  grantAgain(name: string, least: Version): void {
    this.#storage.transactionSync(() => {
      this.#session.run(RAISE_EPOCH, 2);
      this.#session.run(TAKE_VERSION, name, least);
      this.#session.run(WITHDRAW_GRANT, name);
    });
  }

  /** A change whose releases were made in the epoch after this one, so that a shard may have given something up and get something else. */
  change({ ranges, toGrant, also }: PlacementChange): void {
    this.#storage.transactionSync(() => {
      const known = new Set(this.#placements().map(({ name }) => name));
      for (const [name, its] of ranges) {
        const text = JSON.stringify(its);
        if (known.has(name)) this.#session.run(UPDATE_PLACEMENT, text, 1, name);
        else this.#session.run(INSERT_PLACEMENT, name, text);
      }
      for (const name of toGrant) this.#session.run(WITHDRAW_GRANT, name);
      this.#session.run(RAISE_EPOCH, 2);
      also();
    });
  }

  /** The shards that have not confirmed their slots. */
  pendingGrants(): Grant[] {
    const { epoch, placed = [] } = this.map()!;
    return this.#placements()
      .filter(({ granted }) => !granted)
      .map(({ name, ranges }) => ({ ...grantOf(name, epoch, ranges, placed), least: this.#takenVersion(name) }));
  }

  confirmGrant(name: string): void {
    this.#session.run(CONFIRM_GRANT, name);
  }

  #takenVersion(target: string): Version {
    return (this.#session.row(READ_TAKEN_VERSION, target)?.[0] as Version | undefined) ?? 0;
  }

  #placements(): StoredPlacement[] {
    const rows = this.#session.rows(READ_PLACEMENTS) as [string, number, string, number][];
    return rows.map(([name, generation, ranges, granted]) => ({
      name,
      generation,
      ranges: JSON.parse(ranges) as SlotRange[],
      granted: granted === 1,
    }));
  }
}

/** @param placed all there are, or will be. */
export function grantOf(
  name: string,
  epoch: number,
  ranges: readonly SlotRange[],
  placed: readonly PlacedKey[],
): Grant {
  const isOwned = (slot: number) => holdsAnyOf(ranges, [slot, slot]);
  return {
    name,
    epoch,
    ranges,
    least: 0,
    placed: placed.filter(([key, slot]) => isOwned(slot) || isOwned(slotOf(key))),
  };
}
