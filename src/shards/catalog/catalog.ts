import { DurableObject } from 'cloudflare:workers';
import { report } from '../../events/report.ts';
import { invariant } from '../../lib/invariant.ts';
import type { ApiKey, NewApiKey } from '../api-key.ts';
import type { AuditEntry, NewAuditEntry } from '../audit.ts';
import type { BackupRecord } from '../backup-record.ts';
import { type BookmarkRequest, type BookmarkRestore, notInMaintenance } from '../bookmark.ts';
import type { DeadLetter, NewDeadLetter } from '../dead-letter.ts';
import { ShardQLError } from '../errors.ts';
import { MAX_SHARDS } from '../limits.ts';
import { isInMaintenance, type MaintenanceEnv } from '../maintenance.ts';
import type { FleetMigrationReport, MigrationProgress } from '../migration-report.ts';
import { placeObjects } from '../object-place.ts';
import type { PlaceEnv } from '../place-settings.ts';
import type {
  BookmarkBegun,
  BookmarkPreviewed,
  CatalogRpc,
  FleetMigrationRequest,
  KeysPlaced,
  PlaceKeysRequest,
} from '../protocol/catalog-rpc.ts';
import { answered, type Refusal } from '../protocol/refusal.ts';
import type { MigrationRequest, ShardRpc } from '../protocol/shard-rpc.ts';
import type { ShardKey } from '../shard-key.ts';
import { MAP_KV_KEY, type ShardMap } from '../shard-map.ts';
import { SLOT_COUNT, SLOT_HASH, type SlotRange } from '../slots.ts';
import type { Version } from '../version.ts';
import { ApiKeyStore } from './api-key-store.ts';
import { AuditStore } from './audit-store.ts';
import { BackupRecordStore } from './backup-record-store.ts';
import { BookmarkRestores } from './bookmark-restores.ts';
import { DeadLetterStore } from './dead-letter-store.ts';
import { FleetMigration } from './fleet-migration.ts';
import { KeyPlacementStore } from './key-placement-store.ts';
import { haveRows, KeyPlacements } from './key-placements.ts';
import { type Assignment, type Grant, PlacementStore } from './placement-store.ts';
import { type MonitorEnv, tellEvents } from './tell-events.ts';

interface CatalogEnv extends MaintenanceEnv, PlaceEnv, MonitorEnv {
  readonly SHARD: DurableObjectNamespace;
  /** The map is published here at each epoch, so that routers need not ask the catalog. */
  readonly KV?: KVNamespace;
}

/** Shards that are granted their slots at the same time. */
const GRANTS_AT_ONCE = 16;
const ASK_ATTEMPTS = 3;
/** How long `map` waits for the remains of an interrupted change before it answers with the map as stored. */
const SETTLE_WAIT_MS = 1_000;
/** How long `restoreBookmark` waits for the end. */
const RESTORE_WAIT_MS = 5_000;
/** After how long a restore that was cut off is gone on with. */
const GO_ON_MS = 10_000;

/** The Durable Object that decides which shard owns which slot. There is one; it is on no hot path. */
export function createCatalogClass() {
  return class Catalog extends DurableObject<CatalogEnv> implements CatalogRpc {
    readonly #store: PlacementStore;
    readonly #deadLetters: DeadLetterStore;
    readonly #apiKeys: ApiKeyStore;
    readonly #audit: AuditStore;
    readonly #backups: BackupRecordStore;
    readonly #migration: FleetMigration;
    readonly #restores: BookmarkRestores;
    readonly #keys: KeyPlacements;
    /** Changes run one after another: calls to shards are awaited, and other events may come in meanwhile. */
    #lastTurn: Promise<unknown> = Promise.resolve();
    #publishedEpoch = 0;
    /** One put at a time, so that an older map never lands on a newer one. */
    #lastPut: Promise<void> = Promise.resolve();

    constructor(ctx: DurableObjectState, env: CatalogEnv) {
      super(ctx, placeObjects(env));
      this.#store = new PlacementStore(ctx.storage);
      this.#deadLetters = new DeadLetterStore(ctx.storage);
      this.#apiKeys = new ApiKeyStore(ctx.storage);
      this.#audit = new AuditStore(ctx.storage);
      this.#backups = new BackupRecordStore(ctx.storage);
      this.#migration = new FleetMigration(
        () => this.#store.map()?.shards.map(({ name }) => name) ?? [],
        (name) => this.#shard(name),
        () => Date.now(),
      );
      this.#keys = new KeyPlacements({
        store: new KeyPlacementStore(ctx.storage, this.#store),
        ask: (name, send) => this.#ask(name, send),
      });
      this.#restores = new BookmarkRestores({
        storage: ctx.storage,
        placements: this.#store,
        shard: (name) => this.#shard(name),
        grant: (grant) => this.#grant(grant),
        now: () => Date.now(),
        wait: (ms) => scheduler.wait(ms),
      });
    }

    /** A restore to a bookmark or a placement was cut off, or a shard of it did not answer. */
    override async alarm(): Promise<void> {
      const task = this.#restores.shardUnderWay !== null ? 'restore-bookmark' : 'place-shard-keys';
      if (this.#isSettled()) return;
      await this.ctx.storage.setAlarm(Date.now() + GO_ON_MS);
      try {
        await this.#inTurn(() => this.#settle());
        this.#publish();
      } catch (error) {
        report({ type: 'task-failed', task, error });
        this.ctx.waitUntil(tellEvents(this.env));
      }
    }

    async map(shardCount: number): Promise<ShardMap> {
      const map = this.#store.map();
      // Another hash would place rows elsewhere: the router refuses such a map, and nothing here may change it.
      if (map && map.slotHash !== SLOT_HASH) return map;
      if (!map || !this.#isSettled()) await this.#settleForReaders(shardCount);
      this.#publish();
      return this.#map();
    }

    async assign(slots: SlotRange, shardName: string): Promise<ShardMap> {
      checkSlots(slots);
      if (shardName === '') throw new RangeError('Expected the name of a shard, but got an empty text.');
      return await this.#inTurn(async () => {
        const map = this.#store.map();
        invariant(map, 'Expected a catalog with a map, but got none yet: call map(shardCount) first.');
        if (map.slotHash !== SLOT_HASH) {
          throw new Error(`Expected slots hashed with ${SLOT_HASH}, but got a catalog made with ${map.slotHash}.`);
        }
        if (map.shards.length >= MAX_SHARDS && !map.shards.some(({ name }) => name === shardName)) {
          throw new RangeError(`Expected at most ${MAX_SHARDS} shards, but got one more: "${shardName}".`);
        }
        await this.#settle();
        const assignment: Assignment = { slots, target: shardName };
        if (this.#store.pendingReleases(assignment).length > 0) {
          this.#store.beginAssignment(assignment);
          await this.#settle();
        }
        this.#publish();
        return this.#map();
      });
    }

    async placeKeys(request: PlaceKeysRequest): Promise<KeysPlaced | Refusal> {
      return await answered(async () => {
        const leftOut = await this.#inTurn(() => this.#placeKeys(request));
        this.#publish();
        if (leftOut.length > 0) throw haveRows(leftOut, leftOut.length < request.shardKeys.length);
        return { status: 'OK', map: this.#map() };
      });
    }

    async keepDeadLetters(letters: readonly NewDeadLetter[]): Promise<void> {
      this.#deadLetters.keep(letters);
    }

    async deadLetters(seq: number): Promise<readonly DeadLetter[]> {
      return this.#deadLetters.after(seq);
    }

    async findDeadLetters(ids: readonly string[]): Promise<readonly DeadLetter[]> {
      return this.#deadLetters.find(ids);
    }

    async deadLetterCount(): Promise<number> {
      return this.#deadLetters.count();
    }

    async apiKey(hash: string): Promise<ApiKey | null> {
      return this.#apiKeys.find(hash);
    }

    async apiKeys(): Promise<readonly ApiKey[]> {
      return this.#apiKeys.list();
    }

    async addApiKey(key: NewApiKey): Promise<boolean> {
      return this.#apiKeys.add(key, Date.now());
    }

    async revokeApiKey(name: string): Promise<boolean> {
      return this.#apiKeys.revoke(name, Date.now());
    }

    async recordAudit(entry: NewAuditEntry): Promise<void> {
      this.#audit.add(entry);
    }

    async auditLog(seq: number, limit: number): Promise<readonly AuditEntry[]> {
      return this.#audit.before(seq, limit);
    }

    async recordBackup(record: BackupRecord): Promise<void> {
      this.#backups.add(record);
    }

    async backups(limit: number): Promise<readonly BackupRecord[]> {
      return this.#backups.list(limit);
    }

    async forgetBackup(id: string): Promise<boolean> {
      return this.#backups.remove(id);
    }

    async checkMigrations({ plan }: MigrationRequest): Promise<FleetMigrationReport> {
      return await this.#migration.check(plan);
    }

    async migrate({ plan, insists, atOnce }: FleetMigrationRequest): Promise<FleetMigrationReport> {
      const run = this.#migration.run(plan, insists, atOnce);
      // It goes on if the caller gives up.
      this.ctx.waitUntil(run);
      return await run;
    }

    async migrationProgress(): Promise<MigrationProgress | null> {
      return this.#migration.progress;
    }

    async previewBookmark(request: BookmarkRequest): Promise<BookmarkPreviewed | Refusal> {
      return await answered(async () => ({ status: 'OK', preview: await this.#restores.preview(request) }));
    }

    async restoreBookmark(request: BookmarkRequest): Promise<BookmarkBegun | Refusal> {
      return await answered(async () => {
        const id = await this.#inTurn(() => this.#beginRestore(request));
        const end = this.#inTurn(() => this.#settle()).then(() => this.#publish());
        // It goes on if the caller gives up. What fails is gone on with by the alarm, and reported there.
        const settled = end.catch(() => {});
        this.ctx.waitUntil(settled);
        await Promise.race([settled, scheduler.wait(RESTORE_WAIT_MS)]);
        return { status: 'OK', restore: this.#restores.get(id) };
      });
    }

    async bookmarkRestores(): Promise<readonly BookmarkRestore[]> {
      return this.#restores.list();
    }

    async isRestoring(objectId: string): Promise<boolean> {
      const name = this.#restores.shardUnderWay;
      return name !== null && this.env.SHARD.idFromName(name).toString() === objectId;
    }

    async removeDeadLetters(seqs: readonly number[]): Promise<void> {
      this.#deadLetters.remove(seqs);
    }

    /**
     * Finishes what is pending. Once there has been a complete map, an unreachable shard does not keep readers
     * from it: shards refuse what they do not own, so a map that is ahead or behind is safe.
     */
    async #settleForReaders(shardCount: number): Promise<void> {
      const settled = this.#inTurn(async () => {
        if (!this.#store.map()) this.#store.place(checkShardCount(shardCount));
        await this.#settle();
      });
      const map = this.#store.map();
      if (!map || (map.epoch === 1 && this.#store.pendingGrants().length > 0)) return await settled;
      await Promise.race([settled.catch(() => {}), scheduler.wait(SETTLE_WAIT_MS)]);
    }

    /** In turn only. Gives those that were left out, as they have got rows meanwhile. */
    async #placeKeys(request: PlaceKeysRequest): Promise<readonly ShardKey[]> {
      const underWay = this.#restores.shardUnderWay;
      if (underWay !== null) throw busy(`that of ${underWay}`);
      await this.#settle();
      if (!(await this.#keys.begin(request))) return [];
      await this.ctx.storage.setAlarm(Date.now() + GO_ON_MS);
      return await this.#settle();
    }

    /** In turn only. Nothing is changed before all has been checked that can be. */
    async #beginRestore(request: BookmarkRequest): Promise<number> {
      if (!isInMaintenance(this.env)) throw notInMaintenance();
      const underWay = this.#restores.shardUnderWay;
      if (underWay !== null) throw busy(`that of ${underWay}`);
      if (this.#migration.progress) throw busy('a migration');
      this.#restores.requireShard(request.shard);
      await this.#settle();
      const preview = await this.#restores.preview(request);
      await this.ctx.storage.setAlarm(Date.now() + GO_ON_MS);
      return this.#restores.begin(preview);
    }

    /** Once there is one. */
    #map(): ShardMap {
      const { SHARDQL_JURISDICTION: jurisdiction } = this.env;
      return { ...this.#store.map()!, ...(jurisdiction && { jurisdiction }) };
    }

    #isSettled(): boolean {
      return this.#store.isSettled() && !this.#keys.isUnderWay && this.#restores.shardUnderWay === null;
    }

    /**
     * Takes the state step by step to where nothing is pending; in turn only. A step that fails is repeated next time. Gives shard keys that
     * were not placed, as they have rows.
     */
    async #settle(): Promise<readonly ShardKey[]> {
      const assignment = this.#store.assignment();
      if (assignment) {
        for (const release of this.#store.pendingReleases(assignment)) {
          this.#store.takeVersion(assignment, await this.#grant(release));
        }
        this.#store.completeAssignment(assignment, Date.now());
      }
      const leftOut = await this.#keys.goOn();
      await this.#restores.goOn();
      // Migrations since then are pending again.
      if (this.#restores.shardUnderWay !== null) this.#migration.forget();
      const grants = this.#store.pendingGrants();
      for (let start = 0; start < grants.length; start += GRANTS_AT_ONCE) {
        const granted = await Promise.allSettled(
          grants.slice(start, start + GRANTS_AT_ONCE).map(async (grant) => {
            await this.#grant(grant);
            this.#store.confirmGrant(grant.name);
          }),
        );
        const failed = granted.find((outcome) => outcome.status === 'rejected');
        if (failed) throw failed.reason;
      }
      this.#restores.granted();
      return leftOut;
    }

    /** Gives the version of the shard's last commit. */
    #grant({ name, epoch, ranges, least, placed }: Grant): Promise<Version> {
      return this.#ask(name, (shard) => shard.setOwnedSlots(epoch, ranges, least, placed));
    }

    /** `send` may be repeated. */
    async #ask<Answer>(name: string, send: (shard: ShardRpc) => Promise<Answer>): Promise<Answer> {
      for (let attempt = 1; ; attempt++) {
        try {
          return await send(this.#shard(name));
        } catch (error) {
          const { retryable, overloaded } = error as { retryable?: boolean; overloaded?: boolean };
          if (attempt === ASK_ATTEMPTS || !retryable || overloaded) throw error;
        }
      }
    }

    /** A new stub each time: one that has thrown stays broken. */
    #shard(name: string): ShardRpc {
      return this.env.SHARD.getByName(name) as unknown as ShardRpc;
    }

    #inTurn<T>(work: () => Promise<T>): Promise<T> {
      const turn = this.#lastTurn.then(work);
      this.#lastTurn = turn.catch(() => {});
      return turn;
    }

    /** A copy in KV that is old or missing costs routers a call here, so a failed put is left to the next occasion. */
    #publish(): void {
      const kv = this.env.KV;
      const map = this.#map();
      if (!kv || map.epoch <= this.#publishedEpoch) return;
      this.#publishedEpoch = map.epoch;
      this.#lastPut = this.#lastPut.then(async () => {
        try {
          await kv.put(MAP_KV_KEY, JSON.stringify(map));
        } catch (error) {
          this.#publishedEpoch = 0;
          report({ type: 'map-not-published', error });
          await tellEvents(this.env);
        }
      });
      this.ctx.waitUntil(this.#lastPut);
    }
  };
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
