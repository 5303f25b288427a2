import { env } from 'cloudflare:workers';
import { createWorker } from '../../../src/index.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';

interface Env {
  readonly SHARD: DurableObjectNamespace;
  /** Pages that a shard may have, of 4 KiB, until `/test/pages` says otherwise. */
  readonly SHARDQL_TEST_PAGES: string;
}

/** What workerd has for its own tests. */
type BoundedSql = SqlStorage & { setMaxPageCountForTest(pages: number): void };

const SMALL = { warnBytes: 700_000, planBytes: 900_000, fullBytes: 1_200_000, reportSeconds: 1 };
const { SHARDQL_TEST_SMALL } = env as unknown as {
  /** `true`: shards are full long before the platform's limit. */
  readonly SHARDQL_TEST_SMALL?: string;
};
const app = createWorker({ model, migrations: bundle, capacity: SHARDQL_TEST_SMALL === 'true' ? SMALL : {} });

/** Null: that of the environment. The Worker and its shards share the isolate. */
let pages: number | null = null;

export default {
  ...app.handlers,
  /** Besides the API: bounds the pages of `shard-0`, which has never fewer than it has now, and gives how many it has. */
  async fetch(request: Request, bindings: Env, ctx: ExecutionContext): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/test/pages') return await app.handlers.fetch(request as never, bindings as never, ctx);
    pages = Number(searchParams.get('most'));
    const shard = bindings.SHARD.getByName('shard-0') as unknown as { bound(): Promise<number> };
    return Response.json(await shard.bound());
  },
};
export const { Catalog, Monitor } = app;

/** The bound is one of the connection, so it is set at each start. */
export class Shard extends app.Shard {
  readonly #sql: BoundedSql;
  readonly #pages: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env as never);
    this.#sql = ctx.storage.sql as BoundedSql;
    this.#pages = Number(env.SHARDQL_TEST_PAGES);
    this.bound();
  }

  bound(): number {
    this.#sql.setMaxPageCountForTest(pages ?? this.#pages);
    return this.#sql.databaseSize / 4_096;
  }
}
