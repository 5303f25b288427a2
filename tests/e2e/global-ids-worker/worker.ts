import { createWorker } from '../../../src/index.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import extensions from '../../models/global-ids/extensions.ts';
import model from '../../models/global-ids/model.ts';

const app = createWorker({ model, migrations: bundle, extensions });

export default app.handlers;
export const { Shard, Catalog } = app;
