import { DurableObject } from 'cloudflare:workers';
import { report } from '../../events/report.ts';
import type { ApiKey, NewApiKey } from '../api-key.ts';
import type { AuditEntry, NewAuditEntry } from '../audit.ts';
import type { BackupRecord } from '../backup-record.ts';
import type { BookmarkRequest, BookmarkRestore } from '../bookmark.ts';
import type { DeadLetter, NewDeadLetter } from '../dead-letter.ts';
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
import type { MigrationRequest } from '../protocol/shard-rpc.ts';
import type { ShardMap } from '../shard-map.ts';
import { SLOT_HASH, type SlotRange } from '../slots.ts';
import { ApiKeyStore } from './api-key-store.ts';
import { AuditStore } from './audit-store.ts';
import { BackupRecordStore } from './backup-record-store.ts';
import { BookmarkRestores } from './bookmark-restores.ts';
import { DeadLetterStore } from './dead-letter-store.ts';
import { FleetMigration } from './fleet-migration.ts';
import { KeyPlacementStore } from './key-placement-store.ts';
import { haveRows, KeyPlacements } from './key-placements.ts';
import { MapChanges } from './map-changes.ts';
import { MapPublisher, type MapPublisherEnv } from './map-publisher.ts';
import { PlacementStore } from './placement-store.ts';
import { ShardStubs } from './shard-stubs.ts';
import { tellEvents } from './tell-events.ts';

interface CatalogEnv extends MaintenanceEnv, PlaceEnv, MapPublisherEnv {
  readonly SHARD: DurableObjectNamespace;
}

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
    readonly #changes: MapChanges;
    readonly #publisher: MapPublisher;

    constructor(ctx: DurableObjectState, bindings: CatalogEnv) {
      const env = placeObjects(bindings);
      super(ctx, env);
      const { storage } = ctx;
      const shards = new ShardStubs(env.SHARD);
      const store = new PlacementStore(storage);
      this.#store = store;
      this.#deadLetters = new DeadLetterStore(storage);
      this.#apiKeys = new ApiKeyStore(storage);
      this.#audit = new AuditStore(storage);
      this.#backups = new BackupRecordStore(storage);
      const migration = new FleetMigration(
        () => store.map()?.shards.map(({ name }) => name) ?? [],
        (name) => shards.of(name),
        () => Date.now(),
      );
      this.#migration = migration;
      this.#restores = new BookmarkRestores({
        storage,
        placements: store,
        shard: (name) => shards.of(name),
        grant: (grant) => shards.grant(grant),
        now: () => Date.now(),
        wait: (ms) => scheduler.wait(ms),
      });
      this.#changes = new MapChanges({
        store,
        shards,
        keys: new KeyPlacements({
          store: new KeyPlacementStore(storage, store),
          ask: (name, send) => shards.ask(name, send),
        }),
        restores: this.#restores,
        isInMaintenance: isInMaintenance(env),
        isMigrating: () => migration.progress !== null,
        migrationsWentBack: () => migration.forget(),
        setAlarm: () => storage.setAlarm(Date.now() + GO_ON_MS),
      });
      this.#publisher = new MapPublisher(env, (work) => ctx.waitUntil(work));
    }

    /** A restore to a bookmark or a placement was cut off, or a shard of it did not answer. */
    override async alarm(): Promise<void> {
      const task = this.#restores.shardUnderWay !== null ? 'restore-bookmark' : 'place-shard-keys';
      if (this.#changes.isSettled) return;
      await this.ctx.storage.setAlarm(Date.now() + GO_ON_MS);
      try {
        await this.#changes.settle();
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
      if (!map || !this.#changes.isSettled) await this.#changes.settleForReaders(shardCount);
      return this.#publish();
    }

    async assign(slots: SlotRange, shardName: string): Promise<ShardMap> {
      await this.#changes.assign(slots, shardName);
      return this.#publish();
    }

    async placeKeys(request: PlaceKeysRequest): Promise<KeysPlaced | Refusal> {
      return await answered(async () => {
        const leftOut = await this.#changes.placeKeys(request);
        const map = this.#publish();
        if (leftOut.length > 0) throw haveRows(leftOut, leftOut.length < request.shardKeys.length);
        return { status: 'OK', map };
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
        const id = await this.#changes.beginRestore(request);
        const end = this.#changes.settle().then(() => this.#publish());
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

    /** The map, once there is one: routers find it in KV. */
    #publish(): ShardMap {
      const { SHARDQL_JURISDICTION: jurisdiction } = this.env;
      const map: ShardMap = { ...this.#store.map()!, ...(jurisdiction && { jurisdiction }) };
      this.#publisher.publish(map);
      return map;
    }
  };
}
