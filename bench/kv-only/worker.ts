/** The demo with a cache that keeps nothing in the isolate: each hit comes from Workers KV. */
import { createWorker } from '../../src/index.ts';
import extensions from '../../src/schema/extensions.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';

const cache = { memoryBytes: 0, kvFillReads: 1, kvDistanceMs: 0, kvPatienceMs: 10_000 };
const app = createWorker({ model, migrations: bundle, extensions, cache });

export default app.handlers;
export const { Shard, Catalog } = app;
