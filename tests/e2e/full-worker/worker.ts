import { createWorker } from '../../../src/index.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';

interface Env {
  /** Pages that a shard may have, of 4 KiB. */
  readonly SHARDQL_TEST_PAGES: string;
}

/** What workerd has for its own tests. */
type BoundedSql = SqlStorage & { setMaxPageCountForTest(pages: number): void };

const app = createWorker({
  model,
  migrations: bundle,
  capacity: { warnBytes: 700_000, planBytes: 900_000, fullBytes: 1_200_000, reportSeconds: 1 },
});

export default app.handlers;
export const { Catalog, Monitor } = app;

/** The bound is one of the connection, so it is set at each start. */
export class Shard extends app.Shard {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env as never);
    (ctx.storage.sql as BoundedSql).setMaxPageCountForTest(Number(env.SHARDQL_TEST_PAGES));
  }
}
