/** The API and its shards, in the release that the environment says. A table is rebuilt in steps of one row. */
import { env } from 'cloudflare:workers';
import { createWorker } from '../../../src/index.ts';
import { createShardClass } from '../../../src/shards/server/shard.ts';
import { after, before, rebuilt } from '../../support/releases/additive-release.ts';

const { RELEASE: name } = env as unknown as { readonly RELEASE: 'before' | 'after' | 'rebuilt' };
const { model, bundle } = { before, after, rebuilt }[name];
const app = createWorker({ model, migrations: bundle });

export default app.handlers;
export const { Catalog } = app;
export const Shard = createShardClass(model, bundle, { rebuilds: { rowsAtOnce: 0, rowsPerStep: 1, lastRows: 100 } });
