import type { PlacedKey } from '../../placed-key.ts';
import type { ShardKey } from '../../shard-key.ts';
import { ALL_SLOTS, type SlotRange, slotOf } from '../../slots.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { readLastVersion, writeClock } from '../tables/clock-table.ts';
import { countRows } from '../tables/log-totals.ts';
import { readGrant, writeGrant } from '../tables/slots-table.ts';

/** Origin of a version that was taken over. No row of the log has it. */
const GRANT_ORIGIN = 'grant';

/**
 * Which slots this shard owns: the fence that makes stale routers harmless (R1). A copy of the last grant in memory; it is
 * changed only after the transaction that changed the table, and no other event can run in between.
 */
export class Ownership {
  #epoch = 0;
  #ranges: readonly SlotRange[] = [];
  #owned = new Uint8Array(ALL_SLOTS);
  #placed: ReadonlyMap<ShardKey, number> = new Map();
  #placedAway: readonly SlotRange[] = [];
  #hidesRows = false;

  constructor(session: SqlSession) {
    this.#load(session);
  }

  /** Epoch of the last grant; 0 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  get ranges(): readonly SlotRange[] {
    return this.#ranges;
  }

  /** Rows of slots that are not owned may be stored here: plans must leave them out. */
  get hidesRows(): boolean {
    return this.#hidesRows;
  }

  owns(slot: number): boolean {
    return this.#owned[slot] === 1;
  }

  /** Of a shard key that the shard owns, or would own by its hash: of others it does not know whether they were placed. */
  slotOf(key: ShardKey): number {
    return slotOf(key, this.#placed);
  }

  /** Placed shard keys that the shard has to know: those that it owns, and those that it would own by their hash. */
  get placedKeys(): Iterable<ShardKey> {
    return this.#placed.keys();
  }

  /** Slots of shard keys that the shard would own by their hash: whoever speaks for its slots does not speak for these. */
  get placedAway(): readonly SlotRange[] {
    return this.#placedAway;
  }

  /**
   * Sets the owned slots as of `epoch`, durably. Repeats and older epochs change nothing.
   *
   * @param least the version of the last commit is at least this from then on.
   * @param born if it is the first grant: the moment at which the installation began; 0: that was earlier.
   * @param placed {@link placedKeys}, with their slots.
   */
  grant(
    storage: DurableObjectStorage,
    session: SqlSession,
    epoch: number,
    ranges: readonly SlotRange[],
    least: Version = 0,
    born: Version = 0,
    placed: readonly PlacedKey[] = [],
  ): void {
    if (epoch <= this.#epoch) return;
    storage.transactionSync(() => {
      writeGrant(session, epoch, ranges, placed, born);
      if (least > readLastVersion(session)) writeClock(session, least, GRANT_ORIGIN, countRows(session));
    });
    this.#load(session);
  }

  /** Gives all slots up, durably. A grant in a newer epoch ends that. */
  release(storage: DurableObjectStorage, session: SqlSession): void {
    storage.transactionSync(() => writeGrant(session, this.#epoch, [], []));
    this.#load(session);
  }

  #load(session: SqlSession): void {
    const { epoch, ranges, hidesRows, placed } = readGrant(session);
    this.#epoch = epoch;
    this.#ranges = ranges;
    this.#owned = new Uint8Array(ALL_SLOTS);
    for (const [first, last] of ranges) this.#owned.fill(1, first, last + 1);
    this.#placed = new Map(placed);
    this.#placedAway = placed.filter(([key]) => this.owns(slotOf(key))).map(([, slot]): SlotRange => [slot, slot]);
    this.#hidesRows = hidesRows;
  }
}
