import { createWorker } from '../../src/index.ts';
import { bundle } from './migrations/index.ts';
import model from './model.ts';

const app = createWorker({ model, migrations: bundle });

export default app.handlers;
export const { Shard, Catalog, Monitor } = app;
