/** The demo's shards, catalog and monitor: a Worker of their own, so that a deploy of the API restarts none of them. */
import { createStorage } from 'shardql';
import { bundle } from './schema/migrations/index.ts';
import model from './schema/model.ts';

const storage = createStorage({ model, migrations: bundle });

export default storage.handlers;
export const { Shard, Catalog, Monitor } = storage;
