/** One Worker in three releases; wrangler.toml of each says which. */
import { createWorker } from '../../../src/index.ts';
import {
  bundleOf,
  init,
  mendedRebuild,
  newModel,
  oldModel,
  rebuild,
} from '../../shards/server/migrate/migration-lab.ts';

declare const RELEASE: 'before' | 'after' | 'edited';

const releases = {
  before: () => ({ model: oldModel, migrations: bundleOf(oldModel, init) }),
  after: () => ({ model: newModel, migrations: bundleOf(newModel, init, rebuild) }),
  edited: () => ({ model: newModel, migrations: bundleOf(newModel, init, mendedRebuild) }),
};
const app = createWorker(releases[RELEASE]());

export default app.handlers;
export const { Shard, Catalog } = app;
