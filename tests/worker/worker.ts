import { DurableObject } from 'cloudflare:workers';
import { createWorker } from '../../src/index.ts';
import { bundle as shopBundle } from '../../src/schema/migrations/index.ts';
import shopModel from '../../src/schema/model.ts';
import { createCatalogClass } from '../../src/shards/catalog/catalog.ts';
import type { StampKv } from '../../src/shards/server/freshness/publisher.ts';
import { createShardClass } from '../../src/shards/server/shard.ts';
import accessModel from '../models/access/model.ts';
import { bundle as allTypesBundle } from '../models/all-types/migrations/index.ts';
import allTypesModel from '../models/all-types/model.ts';
import { bundle as crossShardBundle } from '../models/cross-shard/migrations/index.ts';
import crossShardModel from '../models/cross-shard/model.ts';
import projectsModel from '../models/projects/model.ts';
import { bundle as valuesBundle } from '../models/values/migrations/index.ts';
import valuesModel from '../models/values/model.ts';
import { bundle as wideBundle } from '../models/wide/migrations/index.ts';
import wideModel from '../models/wide/model.ts';
import { migrationsOf } from '../support/create-tables.ts';
import { archivingClock } from './archiving-clock.ts';
import { ofSameFile } from './object-names.ts';
import { publishingKv } from './publishing-kv.ts';

/** A bare SQLite Durable Object: tests reach its storage with `runInDurableObject`. Who sets its alarm runs that, too. */
export class Lab extends DurableObject {
  override alarm(): void {}
}

/** The demo's shards and catalog, for tests that go through the API. */
const { Shard, Catalog: DemoCatalog, RateLimiter } = createWorker({ model: shopModel, migrations: shopBundle });

export { RateLimiter, Shard };
export class Catalog extends DemoCatalog {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.SHARD) });
  }
}

// Each model has shards and a catalog of its own; a catalog finds its shards as `env.SHARD`.

export class ShopShard extends createShardClass(shopModel, shopBundle) {}
export class ShopCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.SHOP_SHARD) });
  }
}

/** Publishes to a KV, which may be a test's own. */
export class PublishingShard extends createShardClass(shopModel, shopBundle) {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    const put: StampKv['put'] = (...args) => (publishingKv.current ?? env.STAMPS).put(...args);
    super(ctx, { KV: { put } as KVNamespace });
  }
}
export class PublishingCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.PUBLISHING_SHARD) });
  }
}

/** Archives its log, by a clock that tests set ahead. */
export class ArchivingShard extends createShardClass(shopModel, shopBundle, {
  wallClock: () => Date.now() + archivingClock.aheadMs,
}) {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { LOG_ARCHIVE: env.ARCHIVE as never });
  }
}

export class CrossShardShard extends createShardClass(crossShardModel, crossShardBundle) {}
export class CrossShardCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.CROSS_SHARD_SHARD) });
  }
}

export class AllTypesShard extends createShardClass(allTypesModel, allTypesBundle) {}
export class AllTypesCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.ALLTYPES_SHARD) });
  }
}

export class ProjectsShard extends createShardClass(projectsModel, migrationsOf(projectsModel)) {}
export class ProjectsCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.PROJECTS_SHARD) });
  }
}

export class AccessShard extends createShardClass(accessModel, migrationsOf(accessModel)) {}
export class AccessCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.ACCESS_SHARD) });
  }
}

export class WideShard extends createShardClass(wideModel, wideBundle) {}
export class WideCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.WIDE_SHARD) });
  }
}

export class ValuesShard extends createShardClass(valuesModel, valuesBundle) {}
export class ValuesCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: ofSameFile(ctx, env.VALUES_SHARD) });
  }
}

export default {
  fetch: () => new Response('tests only', { status: 404 }),
};
