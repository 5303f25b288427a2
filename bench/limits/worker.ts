/** The demo with a limit that no caller of the benchmarks reaches. `SHARDQL_EXACT`: a Durable Object counts. */
import { env } from 'cloudflare:workers';
import { createWorker } from '../../src/index.ts';
import extensions from '../../src/schema/extensions.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';

const exact = (env as { readonly SHARDQL_EXACT?: string }).SHARDQL_EXACT === 'true';
const rateLimits = { caller: { requests: 1_000_000, perSeconds: 60, exact } };
const app = createWorker({ model, migrations: bundle, extensions, rateLimits });

export default app.handlers;
export const { Shard, Catalog, RateLimiter } = app;
