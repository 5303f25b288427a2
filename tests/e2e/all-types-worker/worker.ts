import { createWorker } from '../../../src/index.ts';
import { bundle } from '../../models/all-types/migrations/index.ts';
import model from '../../models/all-types/model.ts';

const app = createWorker({ model, migrations: bundle });

export default app.handlers;
export const { Shard, Catalog } = app;
