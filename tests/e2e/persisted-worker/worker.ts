/** The demo with persisted documents, and customers known by tokens. */
import { createWorker } from '../../../src/index.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';
import manifest from './manifest.json';

const app = createWorker({
  model,
  migrations: bundle,
  authenticate: {
    jwt: {
      keys: { secret: 'a secret that both sides of this test share' },
      algorithms: ['HS256'],
      issuer: 'https://issuer.example',
      audience: 'shop',
    },
  },
  persisted: { manifest },
});

export default app.handlers;
export const { Shard, Catalog } = app;
