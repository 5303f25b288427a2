import { env } from 'cloudflare:workers';
import { createWorker } from '../../../src/index.ts';
import { createShardClass } from '../../../src/shards/server/shard.ts';
import { releaseOf } from '../crashes/releases.ts';

const { SHARDQL_TEST_RELEASE } = env as unknown as { readonly SHARDQL_TEST_RELEASE: string };
const { model, migrations } = releaseOf(Number(SHARDQL_TEST_RELEASE));

const log = { maxBytes: 100_000 };
const app = createWorker({ model, migrations, log });

export default app.handlers;
export const { Catalog, Monitor } = app;
/** All tables count as very large: they are copied in many steps, with their indexes. */
export const Shard = createShardClass(model, migrations, {
  log,
  rebuilds: { rowsAtOnce: 0, rowsIndexedAtOnce: 0, rowsPerStep: 4, lastRows: 2 },
});
