/** The demo with bounds of time for a processor that is a hundred times slower: entries in memory are not looked at again meanwhile. */
import { createWorker } from '../../src/index.ts';
import extensions from '../../src/schema/extensions.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';

const HOUR_MS = 3_600_000;

const cache = { recheckMs: HOUR_MS, kvPatienceMs: HOUR_MS, fillPatienceMs: HOUR_MS };
const router = { requestDeadlineMs: HOUR_MS };
// Else each request is a slow one, and its plan is logged.
const monitoring = { slowMs: HOUR_MS };
const app = createWorker({ model, migrations: bundle, extensions, cache, router, monitoring });

export default app.handlers;
export const { Shard, Catalog } = app;
