/**
 * Shards and a catalog inside bare Durable Objects, of releases that a test deploys: each deploy, and each crash, starts
 * the objects anew over the rows they have. Calls between them pass through the test's hand.
 */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { getOrInsert } from '../../../../src/lib/get-or-insert.ts';
import type { MigrationBundle, Model } from '../../../../src/model/types.ts';
import { createCatalogClass } from '../../../../src/shards/catalog/catalog.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import type { CatalogRpc } from '../../../../src/shards/protocol/catalog-rpc.ts';
import { DEVELOPER, PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import type { ShardRpc } from '../../../../src/shards/protocol/shard-rpc.ts';
import type { StampKv } from '../../../../src/shards/server/freshness/publisher.ts';
import type { RebuildLimits } from '../../../../src/shards/server/migrate/rebuild/rebuild-steps.ts';
import { createShardClass } from '../../../../src/shards/server/shard.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { slotOf } from '../../../../src/shards/slots.ts';
import { FakePlatform } from '../bookmarks/fake-platform.ts';

export interface Release {
  readonly model: Model;
  readonly bundle: MigrationBundle;
}

/** A call from one object to another. */
export interface FleetCall {
  readonly to: string;
  readonly method: string;
}

type Methods = Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

const Catalog = createCatalogClass();
export const SHARDS = ['shard-0', 'shard-1', 'shard-2', 'shard-3'];
const CATALOG = 'catalog';
let fleets = 0;

export class Fleet {
  readonly #prefix = `fleet-${++fleets}-${crypto.randomUUID()}-`;
  readonly #releaseByShard = new Map<string, Release>();
  readonly #classByRelease = new Map<Release, ReturnType<typeof createShardClass>>();
  readonly #lives = new Map<string, Methods>();
  readonly #platforms = new Map<string, FakePlatform>();
  readonly calls: FleetCall[] = [];
  /** Of objects that start from now on. */
  isInMaintenance = false;
  /** Where shards that start from now on put stamps; null: nowhere. */
  stamps: StampKv | null = null;
  /** From which size on shards that start from now on rebuild tables in steps. */
  rebuilds: Partial<RebuildLimits> = {};
  /** Runs before a call arrives; if it throws, it does not. */
  before: (call: FleetCall) => void | Promise<void> = () => {};
  /** Runs after its work is done; if it throws, the answer is lost. */
  after: (call: FleetCall) => void | Promise<void> = () => {};

  /** A fleet of the release, with the map made. */
  static async start(release: Release): Promise<Fleet> {
    const fleet = new Fleet();
    fleet.deploy(release);
    await fleet.catalog.map(SHARDS.length);
    return fleet;
  }

  /** These shards (and the catalog, if it is all of them) start anew with this release. */
  deploy(release: Release, shards: readonly string[] = SHARDS): void {
    for (const shard of shards) {
      this.#releaseByShard.set(shard, release);
      this.#lives.delete(shard);
    }
    if (shards === SHARDS) this.#lives.delete(CATALOG);
  }

  /** Everything in memory is gone. */
  crash(): void {
    this.#lives.clear();
  }

  /** What the platform keeps of a shard. */
  platform(shard: string): FakePlatform {
    return getOrInsert(this.#platforms, shard, () => new FakePlatform());
  }

  /** The platform keeps the shard's database as it is now. What is written once this has returned is later. */
  async keep(shard: string): Promise<{ readonly bookmark: string; readonly timeMs: number }> {
    const bookmark = await runInDurableObject(this.#object(shard), (_, { storage }) =>
      this.platform(shard).keep(storage),
    );
    const timeMs = Date.now();
    while (Date.now() <= timeMs) await scheduler.wait(1);
    return { bookmark, timeMs };
  }

  /** The alarm of an object goes off. */
  async alarm(name: string): Promise<void> {
    await this.#stub(name).alarm!();
  }

  get catalog(): CatalogRpc {
    return this.#stub(CATALOG) as unknown as CatalogRpc;
  }

  shard(name: string): ShardRpc {
    return this.#stub(name) as unknown as ShardRpc;
  }

  /** By which a router finds the shards and the catalog. */
  get bindings(): { readonly SHARD: DurableObjectNamespace; readonly CATALOG: DurableObjectNamespace } {
    const namespace = {
      getByName: (to: string) => this.#stub(to),
      idFromName: (to: string) => this.#object(to).id,
      // Names may have a prefix of their own in front (`tests/worker/own-storage.ts`).
      get: ({ name }: DurableObjectId) => this.#stub(name!.slice(name!.indexOf(this.#prefix) + this.#prefix.length)),
    } as unknown as DurableObjectNamespace;
    return { SHARD: namespace, CATALOG: namespace };
  }

  /** What the shard has stored. */
  rows(shard: string, sql: string): Promise<unknown[][]> {
    return runInDurableObject(this.#object(shard), (_, { storage }) => [...storage.sql.exec(sql).raw()]);
  }

  /** A tenant whose rows are in this shard. */
  tenantOf(shard: string): string {
    const index = SHARDS.indexOf(shard);
    for (let number = 0; ; number++) {
      const tenant = `tenant-${number}`;
      if (Math.floor(slotOf(`t:${tenant}` as ShardKey) / (16_384 / SHARDS.length)) === index) return tenant;
    }
  }

  /** Writes a row as a client does, in the shard's tenant. */
  create(shard: string, table: string, id: string, values: Readonly<Record<string, string | null>>) {
    const tenant = this.tenantOf(shard);
    return this.write(shard, [{ kind: 'create', table, values: { tenant, id, ...values }, select: null }]);
  }

  write(shard: string, operations: readonly RowOperation[]) {
    return this.shard(shard).write({
      protocol: PROTOCOL,
      epoch: 1,
      caller: DEVELOPER,
      operationId: crypto.randomUUID(),
      shardKeys: [`t:${this.tenantOf(shard)}` as ShardKey],
      operations,
    });
  }

  #object(name: string): DurableObjectStub {
    return env.LAB.getByName(this.#prefix + name);
  }

  #stub(to: string): Methods {
    return new Proxy({} as Methods, {
      get: (_, method: string) =>
        // A promise must not take the stub for another promise.
        method === 'then' ? undefined : (...args: readonly unknown[]) => this.#call({ to, method }, args),
    });
  }

  async #call(call: FleetCall, args: readonly unknown[]): Promise<unknown> {
    this.calls.push(call);
    await this.before(call);
    const answer = await runInDurableObject(this.#object(call.to), async (_, ctx) => {
      const object = this.#life(call.to, ctx);
      if (!object[call.method]) throw new TypeError(`The RPC receiver does not implement the method "${call.method}".`);
      return structuredClone(await object[call.method]!(...structuredClone(args)));
    });
    await this.after(call);
    return answer;
  }

  #life(name: string, ctx: DurableObjectState): Methods {
    let life = this.#lives.get(name);
    if (!life) {
      const bindings = { ...this.bindings, SHARDQL_MAINTENANCE: String(this.isInMaintenance) };
      if (name !== CATALOG) this.platform(name).start(ctx.storage);
      life = (name === CATALOG
        ? new Catalog(ctx, bindings)
        : new (this.#classOf(name))(ctx, {
            ...bindings,
            ...(this.stamps && { KV: this.stamps }),
          })) as unknown as Methods;
      this.#lives.set(name, life);
    }
    return life;
  }

  #classOf(shard: string) {
    const release = this.#releaseByShard.get(shard)!;
    let shardClass = this.#classByRelease.get(release);
    if (!shardClass) {
      shardClass = createShardClass(release.model, release.bundle, {
        wallClock: () => Date.now(),
        rebuilds: this.rebuilds,
        bookmarks: ({ id, storage }) => {
          const name = SHARDS.find((each) => this.#object(each).id.equals(id))!;
          return this.platform(name).of(storage, () => void this.#lives.delete(name));
        },
      });
      this.#classByRelease.set(release, shardClass);
    }
    return shardClass;
  }
}
