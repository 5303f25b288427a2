import { invariant } from '../../lib/invariant.ts';
import { type BookmarkRequest, notInMaintenance } from '../bookmark.ts';
import { ShardQLError } from '../errors.ts';
import { MAX_SHARDS } from '../limits.ts';
import type { PlaceKeysRequest } from '../protocol/catalog-rpc.ts';
import type { ShardKey } from '../shard-key.ts';
import { SLOT_COUNT, SLOT_HASH, type SlotRange } from '../slots.ts';
import type { BookmarkRestores } from './bookmark-restores.ts';
import type { KeyPlacements } from './key-placements.ts';
import type { Assignment, PlacementStore } from './placement-store.ts';
import type { ShardStubs } from './shard-stubs.ts';

interface MapChangesOptions {
  readonly store: PlacementStore;
  readonly keys: KeyPlacements;
  readonly restores: BookmarkRestores;
  readonly shards: ShardStubs;
  readonly isInMaintenance: boolean;
  readonly isMigrating: () => boolean;
  /** The history of migrations went back with a shard: those since then are pending again. */
  readonly migrationsWentBack: () => void;
  /** Has the alarm go off, unless it is set again before: a change that is cut off now is gone on with then. */
  readonly setAlarm: () => Promise<void>;
}

/** Shards that are granted their slots at the same time. */
const GRANTS_AT_ONCE = 16;
/** How long readers wait for the remains of an interrupted change before they get the map as stored. */
const SETTLE_WAIT_MS = 1_000;

/**
 * Changes which shard owns what: one after another, as calls to shards are awaited, and other events may come in meanwhile. Each change is stored
 * before its first step, and its steps can be repeated: one that was interrupted is finished before the next one begins.
 */
export class MapChanges {
  readonly #options: MapChangesOptions;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(options: MapChangesOptions) {
    this.#options = options;
  }

  /** Nothing is pending. */
  get isSettled(): boolean {
    const { store, keys, restores } = this.#options;
    return store.isSettled() && !keys.isUnderWay && restores.shardUnderWay === null;
  }

  /** Finishes what is pending. */
  async settle(): Promise<void> {
    await this.#inTurn(() => this.#settle());
  }

  /**
   * Finishes what is pending, and makes the map if there is none. Once there has been a complete map, an unreachable shard does not keep readers
   * from it: shards refuse what they do not own, so a map that is ahead or behind is safe.
   *
   * @throws RangeError for a number of shards that cannot be.
   */
  async settleForReaders(shardCount: number): Promise<void> {
    const { store } = this.#options;
    const settled = this.#inTurn(async () => {
      if (!store.map()) store.place(checkShardCount(shardCount));
      await this.#settle();
    });
    const map = store.map();
    if (!map || (map.epoch === 1 && store.pendingGrants().length > 0)) return await settled;
    await Promise.race([settled.catch(() => {}), scheduler.wait(SETTLE_WAIT_MS)]);
  }

  /** Gives slots to a shard, which is new if none has the name. */
  async assign(slots: SlotRange, shardName: string): Promise<void> {
    checkSlots(slots);
    if (shardName === '') throw new RangeError('Expected the name of a shard, but got an empty text.');
    const { store } = this.#options;
    await this.#inTurn(async () => {
      const map = store.map();
      invariant(map, 'Expected a catalog with a map, but got none yet: call map(shardCount) first.');
      if (map.slotHash !== SLOT_HASH) {
        throw new Error(`Expected slots hashed with ${SLOT_HASH}, but got a catalog made with ${map.slotHash}.`);
      }
      if (map.shards.length >= MAX_SHARDS && !map.shards.some(({ name }) => name === shardName)) {
        throw new RangeError(`Expected at most ${MAX_SHARDS} shards, but got one more: "${shardName}".`);
      }
      await this.#settle();
      const assignment: Assignment = { slots, target: shardName };
      if (store.pendingReleases(assignment).length === 0) return;
      store.beginAssignment(assignment);
      await this.#settle();
    });
  }

  /** Gives those that were left out, as they have got rows meanwhile. */
  async placeKeys(request: PlaceKeysRequest): Promise<readonly ShardKey[]> {
    const { keys, setAlarm } = this.#options;
    return await this.#inTurn(async () => {
      this.#requireNoRestore();
      await this.#settle();
      if (!(await keys.begin(request))) return [];
      await setAlarm();
      return await this.#settle();
    });
  }

  /** Gives the id of the restore, which {@link settle} finishes. Nothing is changed before all has been checked that can be. */
  async beginRestore(request: BookmarkRequest): Promise<number> {
    const { restores, isInMaintenance, isMigrating, setAlarm } = this.#options;
    return await this.#inTurn(async () => {
      if (!isInMaintenance) throw notInMaintenance();
      this.#requireNoRestore();
      if (isMigrating()) throw busy('a migration');
      restores.requireShard(request.shard);
      await this.#settle();
      const preview = await restores.preview(request);
      await setAlarm();
      return restores.begin(preview);
    });
  }

  #requireNoRestore(): void {
    const underWay = this.#options.restores.shardUnderWay;
    if (underWay !== null) throw busy(`that of ${underWay}`);
  }

  /**
   * Takes the state step by step to where nothing is pending; in turn only. A step that fails is repeated next time. Gives shard keys that
   * were not placed, as they have rows.
   */
  async #settle(): Promise<readonly ShardKey[]> {
    const { store, keys, restores, shards, migrationsWentBack } = this.#options;
    const assignment = store.assignment();
    if (assignment) {
      for (const release of store.pendingReleases(assignment)) {
        store.takeVersion(assignment, await shards.grant(release));
      }
      store.completeAssignment(assignment, Date.now());
    }
    const leftOut = await keys.goOn();
    await restores.goOn();
    if (restores.shardUnderWay !== null) migrationsWentBack();
    const grants = store.pendingGrants();
    for (let start = 0; start < grants.length; start += GRANTS_AT_ONCE) {
      const granted = await Promise.allSettled(
        grants.slice(start, start + GRANTS_AT_ONCE).map(async (grant) => {
          await shards.grant(grant);
          store.confirmGrant(grant.name);
        }),
      );
      const failed = granted.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
    }
    restores.granted();
    return leftOut;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work);
    this.#lastTurn = turn.catch(() => {});
    return turn;
  }
}

const busy = (what: string): ShardQLError =>
  new ShardQLError(
    'CONFLICT',
    `Expected no other restore and no migration under way, but got ${what}; ask again when it has ended.`,
    { retryable: true },
  );

function checkShardCount(shardCount: number): number {
  if (Number.isInteger(shardCount) && shardCount >= 1 && shardCount <= MAX_SHARDS) return shardCount;
  throw new RangeError(`Expected 1 to ${MAX_SHARDS} shards, but got ${shardCount}. Set SHARDQL_SHARDS accordingly.`);
}

function checkSlots([first, last]: SlotRange): void {
  if (Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last && last < SLOT_COUNT) return;
  throw new RangeError(`Expected a range of slots within 0 to ${SLOT_COUNT - 1}, but got ${first} to ${last}.`);
}
