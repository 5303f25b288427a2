/**
 * A Worker for histories over HTTP: the product, with its clocks, its releases, its KV and its crashes in a test's hand. All of
 * them run from this one file: one holds the shards, the others are isolates of the API, each at a location of its own.
 */
import { DurableObject } from 'cloudflare:workers';
import { createWorker, defineExtensions, type Env } from '../../../src/index.ts';
import { systemTimers, type Timers } from '../../../src/lib/timers.ts';
import type { CachePolicy, Model } from '../../../src/model/types.ts';
import { createShardClass } from '../../../src/shards/server/shard.ts';
import { bundle } from '../../models/ledger/migrations/index.ts';
import ledger from '../../models/ledger/model.ts';
import { LocationKv } from './location-kv.ts';
import type { Command, Release } from './protocol.ts';

/** Time that has passed for all of them, which nobody waited for; and by how much this one's clock is off. */
let skewMs = 0;
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + skewMs;

/** The next release can look entries up by their labels. */
function modelOf(release: Release, policy: Partial<CachePolicy>): Model {
  const tables = ledger.tables.map((table) => {
    const uniqueKeys = [...table.uniqueKeys];
    const label = table.columnByName.get('label');
    if (release === 'next' && label !== undefined) {
      const columns = [table.shardKey, label];
      uniqueKeys.push({
        name: 'label',
        columns,
        names: columns.map(({ name }) => name),
        liveOnly: false,
        byColumns: [label],
        byName: 'label',
      });
    }
    return {
      ...table,
      uniqueKeys,
      cache: { ...table.cache, mode: 'CACHED' as const, weakest: 'CACHED' as const, ...policy },
    };
  });
  return { ...ledger, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
}

/** A mutation of users' code: reads a counter, and writes it with one more. */
const visits = (model: Model) =>
  defineExtensions(model, ({ builder, row }) => {
    builder.mutationField('visit', (t) =>
      t.field({
        type: row('Account'),
        args: { id: t.arg.id({ required: true }) },
        // biome-ignore lint/suspicious/noExplicitAny: the model is made here, so its types are not known.
        resolve: async (_root, { id }, context: any) => {
          const account = await context.load('Account', { by: { id } });
          return await context.update('Account', { by: { id }, data: { visits: account.visits + 1 } });
        },
      }),
    );
  });

function deploy(release: Release, policy: Partial<CachePolicy>) {
  const model = modelOf(release, policy);
  return createWorker({
    model,
    migrations: bundle,
    extensions: visits(model),
    cache: { recheckMs: 200, kvFillReads: 1, kvDistanceMs: 0 },
  });
}

let app = deploy('present', {});
const kv = new LocationKv();

export default {
  async fetch(request: Request, env: Env, execution: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === '/-/command') return await obey(await request.json<Command>(), env);
    const atLocation = { ...env, KV: kv.at(env.KV!) } as unknown as Env;
    return await app.handlers.fetch(request as never, atLocation, execution);
  },
};

async function obey(command: Command, env: Env): Promise<Response> {
  switch (command.kind) {
    case 'time':
      skewMs = command.skewMs;
      break;
    case 'deploy':
      // A new isolate: what the one before had in memory is gone.
      app = deploy(command.release, command.policy);
      break;
    case 'land':
      await kv.land(env.KV!);
      break;
    case 'release':
      shardRelease = command;
      break;
    case 'abort-after-commit':
      abortsLeft = command.count;
      break;
    case 'publish':
      await Promise.all(command.shards.map((name) => shardOf(env, name).publishDue()));
      break;
    case 'crash':
      clockErrorByShard.set(command.shard, command.clockErrorMs);
      await shardOf(env, command.shard)
        .crash()
        .catch(() => {});
  }
  return new Response('done');
}

interface Crashing {
  publishDue(): Promise<void>;
  crash(): Promise<void>;
}

const shardOf = (env: Env, name: string) => env.SHARD.getByName(name) as unknown as Crashing;

let shardRelease: { readonly release: Release; readonly policy: Partial<CachePolicy> } = {
  release: 'present',
  policy: {},
};
let abortsLeft = 0;
const clockErrorByShard = new Map<string, number>();

type AnyShard = InstanceType<ReturnType<typeof createShardClass>>;

/** Pauses between puts take no time; only what has to wait for an answer does. */
const timers: Timers = {
  now: systemTimers.now,
  setTimer: (callback, delayMs) => systemTimers.setTimer(callback, delayMs >= 10_000 ? delayMs : 1),
};

/** A shard of the release that is deployed when it starts, on the clock of the machine that it starts on. */
export class Shard extends DurableObject<Env> {
  readonly #shard: AnyShard;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const errorMs = clockErrorByShard.get(ctx.id.name!) ?? 0;
    const wallClock = () => Date.now() + errorMs;
    const model = modelOf(shardRelease.release, shardRelease.policy);
    this.#shard = new (createShardClass(model, bundle, { wallClock, timers }))(ctx, env as never);
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever the contract is, it is passed on.
  async write(request: any) {
    const answer = await this.#shard.write(request);
    if (abortsLeft > 0 && answer.status === 'OK') {
      abortsLeft--;
      await this.ctx.storage.sync();
      this.ctx.abort('after the commit, before the answer');
    }
    return answer;
  }

  async crash(): Promise<void> {
    this.ctx.abort('a crash');
  }

  override async alarm(): Promise<void> {
    await this.#shard.alarm!();
  }

  /** The alarm goes off. */
  publishDue(): Promise<void> {
    return this.alarm();
  }

  /** The rest of the contract. */
  static {
    const { prototype } = createShardClass(ledger, bundle);
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (name in Shard.prototype) continue;
      Object.defineProperty(Shard.prototype, name, {
        value(this: Shard, ...args: unknown[]) {
          // biome-ignore lint/suspicious/noExplicitAny: as above.
          return (this.#shard as any)[name](...args);
        },
      });
    }
  }
}

export const { Catalog } = app;
