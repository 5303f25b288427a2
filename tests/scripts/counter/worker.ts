/** A Worker with nothing of ShardQL in it, for `npm start -- --config`: counts in a Durable Object. */
import { DurableObject } from 'cloudflare:workers';

interface Env {
  readonly COUNTER: DurableObjectNamespace<Counter>;
  readonly GREETING: string;
  readonly SHARDQL_EXAMPLE?: string;
}

export class Counter extends DurableObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    // Due at the next start, and set anew by it.
    void state.storage.setAlarm(Date.now() + 200);
  }

  override alarm(): void {}

  /** Adds `by` and gives the sum so far. */
  add(by: number): number {
    const { sql } = this.ctx.storage;
    sql.exec('CREATE TABLE IF NOT EXISTS counts (by_ INTEGER)');
    sql.exec('INSERT INTO counts VALUES (?)', by);
    return sql.exec<{ total: number }>('SELECT sum(by_) AS total FROM counts').one().total;
  }
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/greeting') return new Response(env.GREETING);
    if (pathname === '/variable') return new Response(env.SHARDQL_EXAMPLE);
    if (pathname === '/add') return Response.json(await env.COUNTER.getByName('only').add(1));
    return new Response('not found', { status: 404 });
  },
} satisfies ExportedHandler<Env>;
