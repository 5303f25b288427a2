import { createWorker } from '../../../src/index.ts';
import { migrationsOf } from '../../support/create-tables.ts';
import model from './model.ts';

const app = createWorker({ model, migrations: migrationsOf(model) });

export default app.handlers;
export const { Shard, Catalog } = app;
