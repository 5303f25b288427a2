import { DurableObject } from 'cloudflare:workers';
import { createWorker } from '../../src/index.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';
import { createCatalogClass } from '../../src/shards/server/catalog.ts';
import { createShardClass } from '../../src/shards/server/shard.ts';
import { bundle as crossShardBundle } from '../models/cross-shard/migrations/index.ts';
import crossShardModel from '../models/cross-shard/model.ts';

/** A bare SQLite Durable Object: tests reach its storage with `runInDurableObject`. */
export class Lab extends DurableObject {}

/** The demo's shards and catalog, for tests that go through the API. */
export const { Shard, Catalog } = createWorker({ model, migrations: bundle });

/** Shards of another model: rows that refer to each other across shards. */
export class CrossShardShard extends createShardClass(crossShardModel, crossShardBundle) {}
export class CrossShardCatalog extends createCatalogClass() {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, { SHARD: env.CROSS_SHARD_SHARD });
  }
}

export default {
  fetch: () => new Response('tests only', { status: 404 }),
};
