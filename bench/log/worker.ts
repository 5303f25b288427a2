/** The demo, whose log gets nothing any more once `/no-log` was asked, and is trimmed at once by `/trim`. */
import { type Env as AppEnv, createWorker } from '../../src/index.ts';
import { systemTimers } from '../../src/lib/timers.ts';
import extensions from '../../src/schema/extensions.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';
import { dropTriggers } from '../../src/shards/server/log/install-triggers.ts';
import { LogTrimmer } from '../../src/shards/server/log/log-trimmer.ts';
import { SqlSession } from '../../src/shards/sql/sql-session.ts';

interface Env extends Omit<AppEnv, 'SHARD'> {
  readonly SHARD: DurableObjectNamespace<Shard>;
}

const app = createWorker({ model, migrations: bundle, extensions });

/** Later than anything that was written is needed by retries. */
const HOUR_MS = 3_600_000;

export class Shard extends app.Shard {
  /** Until the shard starts again. */
  dropLogTriggers(): void {
    dropTriggers(new SqlSession(this.ctx.storage.sql));
  }

  /** All but the newest commit. Gives how many rows went. */
  async trimLog(): Promise<number> {
    const session = new SqlSession(this.ctx.storage.sql);
    let goesOn = true;
    const trimmer = new LogTrimmer({
      settings: { maxAgeDays: 7, maxBytes: 0 },
      storage: this.ctx.storage,
      session,
      wallClock: () => Date.now() + HOUR_MS,
      timers: systemTimers,
      archive: null,
      isFull: () => false,
      isMigrating: () => false,
      leastRetriedVersion: () => null,
      isRecalling: () => false,
      shard: this.ctx.id.toString(),
      // Called once a run: soon, if it has left something to do.
      schedule: (atMs, nowMs) => {
        goesOn = atMs - nowMs < 1_000;
      },
      dueAtMs: () => null,
    });
    const before = countLogRows(session);
    while (goesOn) {
      goesOn = false;
      await trimmer.run();
    }
    return before - countLogRows(session);
  }
}

/** Those that are gone may still be stored, to become new ones. */
const countLogRows = (session: SqlSession): number =>
  Number(session.row('SELECT count(*) FROM _log WHERE seq > ifnull((SELECT trimmed_seq FROM _log_state), 0)')![0]);

export const { Catalog } = app;

export default {
  ...app.handlers,
  async fetch(request, env, execution) {
    const { pathname } = new URL(request.url);
    const names = Array.from({ length: Number(env.SHARDQL_SHARDS) }, (_, index) => `shard-${index}`);
    const shards = names.map((name) => env.SHARD.getByName(name));
    if (pathname === '/no-log') {
      for (const shard of shards) await shard.dropLogTriggers();
      return new Response('The log triggers are dropped.\n');
    }
    if (pathname === '/trim') {
      let rows = 0;
      for (const shard of shards) rows += await shard.trimLog();
      return Response.json({ rows });
    }
    return app.handlers.fetch(request, env as never, execution);
  },
  queue: (batch, env, execution) => app.handlers.queue(batch, env as never, execution),
} satisfies ExportedHandler<Env>;
