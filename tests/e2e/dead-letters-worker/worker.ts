/** The demo, as if its shards were far away. They cannot publish while KV holds `test:broken`, and to whose queue `/test/send` sends any message. */
import { createWorker, type Env } from '../../../src/index.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';
import type { Refused } from '../../../src/shards/protocol/envelope.ts';
import type { PublishAnswer, PublishRequest } from '../../../src/shards/protocol/shard-rpc.ts';

const app = createWorker({ model, migrations: bundle, cache: { kvDistanceMs: 0 } });

interface TestEnv extends Env {
  readonly KV: KVNamespace;
  readonly INVALIDATIONS: Queue;
}

const BROKEN = 'test:broken';

export class Shard extends app.Shard {
  override async publish(request: PublishRequest): Promise<PublishAnswer | Refused> {
    if ((await (this.env as TestEnv).KV.get(BROKEN)) !== null) throw new Error('KV takes nothing.');
    return super.publish(request);
  }
}

export const { Catalog, Monitor } = app;

export default {
  ...app.handlers,
  async fetch(request: Request, env: TestEnv, execution: ExecutionContext): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case '/test/break':
        await env.KV.put(BROKEN, 'yes');
        return new Response();
      case '/test/mend':
        await env.KV.delete(BROKEN);
        return new Response();
      case '/test/send':
        await env.INVALIDATIONS.send(await request.json());
        return new Response();
      default:
        return app.handlers.fetch(request, env, execution);
    }
  },
};
