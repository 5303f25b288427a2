import { SLOT_COUNT, type SlotRange } from '../../slots.ts';
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
  #owned = new Uint8Array(SLOT_COUNT);
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

  /**
   * Sets the owned slots as of `epoch`, durably. Repeats and older epochs change nothing.
   *
   * @param least the version of the last commit is at least this from then on.
   * @param born if it is the first grant: the moment at which the installation began; 0: that was earlier.
   */
  grant(
    storage: DurableObjectStorage,
    session: SqlSession,
    epoch: number,
    ranges: readonly SlotRange[],
    least: Version = 0,
    born: Version = 0,
  ): void {
    if (epoch <= this.#epoch) return;
    storage.transactionSync(() => {
      writeGrant(session, epoch, ranges, born);
      if (least > readLastVersion(session)) writeClock(session, least, GRANT_ORIGIN, countRows(session));
    });
    this.#load(session);
  }

  /** Gives all slots up, durably. A grant in a newer epoch ends that. */
  release(storage: DurableObjectStorage, session: SqlSession): void {
    storage.transactionSync(() => writeGrant(session, this.#epoch, []));
    this.#load(session);
  }

  #load(session: SqlSession): void {
    const { epoch, ranges, hidesRows } = readGrant(session);
    this.#epoch = epoch;
    this.#ranges = ranges;
    this.#owned = new Uint8Array(SLOT_COUNT);
    for (const [first, last] of ranges) this.#owned.fill(1, first, last + 1);
    this.#hidesRows = hidesRows;
  }
}
