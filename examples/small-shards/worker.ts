/** The demo's model in shards that are soon full: to see what they do then. */
import { createWorker } from '../../src/index.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';

const app = createWorker({
  model,
  migrations: bundle,
  capacity: { warnBytes: 3_000_000, planBytes: 4_000_000, fullBytes: 5_000_000, reportSeconds: 1 },
  log: { maxBytes: 1_000_000 },
});

export default app.handlers;
export const { Shard, Catalog, Monitor } = app;
