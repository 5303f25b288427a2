import { env } from 'cloudflare:workers';
import { createWorker } from '../../../src/index.ts';
import { releaseOf } from '../crashes/releases.ts';

const { SHARDQL_TEST_RELEASE } = env as unknown as { readonly SHARDQL_TEST_RELEASE: string };
const { model, migrations } = releaseOf(Number(SHARDQL_TEST_RELEASE));

const app = createWorker({ model, migrations, log: { maxBytes: 100_000 } });

export default app.handlers;
export const { Shard, Catalog, Monitor } = app;
