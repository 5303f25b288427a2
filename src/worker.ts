/** The demo's API: the model file, its extensions and its migrations, wired. The rows are behind the Worker of `storage.ts`. */
import { createApi } from 'shardql';
import extensions from './schema/extensions.ts';
import { bundle } from './schema/migrations/index.ts';
import model from './schema/model.ts';

export default createApi({ model, migrations: bundle, extensions });
