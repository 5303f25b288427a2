/** The demo with a router that asks each shard itself, however many there are. */
import { createWorker } from '../../src/index.ts';
import extensions from '../../src/schema/extensions.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';

const router = { maxFlatScatterShards: 1_024 };
const app = createWorker({ model, migrations: bundle, extensions, router });

export default app.handlers;
export const { Shard, Catalog } = app;
