/** The demo's Worker: the model file and its migrations, wired. */
import { createWorker } from './index.ts';
import { bundle } from './schema/migrations/index.ts';
import model from './schema/model.ts';

const app = createWorker({ model, migrations: bundle });

export default app.handlers;
export const { Shard, Catalog } = app;
