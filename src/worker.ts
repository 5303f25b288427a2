/** The demo's Worker: the model file, its extensions and its migrations, wired. */
import { createWorker } from './index.ts';
import extensions from './schema/extensions.ts';
import { bundle } from './schema/migrations/index.ts';
import model from './schema/model.ts';

const app = createWorker({ model, migrations: bundle, extensions });

export default app.handlers;
export const { Shard, Catalog, Monitor } = app;
