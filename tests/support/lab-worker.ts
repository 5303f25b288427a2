/**
 * A whole Worker of any model inside the test's own workerd: its shards keep their rows in bare Durable Objects, so a model
 * needs no class and no binding of its own. For tests that run in workerd.
 */
import {
  createExecutionContext,
  createMessageBatch,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createWorker, type Env, type Extensions, type WorkerOptions } from '../../src/index.ts';
import type { MigrationBundle, Model } from '../../src/model/types.ts';
import type { ShardRpc } from '../../src/shards/protocol/shard-rpc.ts';
import type { ShardEnv } from '../../src/shards/server/shard-env.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { initialRanges, type ShardMap } from '../../src/shards/shard-map.ts';
import { SLOT_HASH, slotOf } from '../../src/shards/slots.ts';
import { migrationsOf } from './create-tables.ts';
import { type GraphQLApi, postGraphQL } from './graphql.ts';
import type { SentMessage } from './publishing/queue-batch.ts';

const ORIGIN = 'http://127.0.0.1';

export interface LabWorker extends LabIsolate {
  readonly model: Model;
  /** Another one, with nothing in its memory; `changes`: of what it is made of. */
  isolate(changes?: Partial<WorkerOptions>, variables?: Partial<Env>): LabIsolate;
  /** The shards start as another release. */
  deployShards(changes: Partial<WorkerOptions>): void;
  /** Its bindings. */
  readonly env: Env;
  /** By their numbers. */
  readonly shardNames: readonly string[];
  /** Number of the shard that rows of this shard key are on. */
  shardOf(key: ShardKey): number;
  /** Runs what is due in each shard: the objects that they live in have no alarms. */
  runDueTasks(): Promise<void>;
  /** Each shard starts anew on what it has stored, as after a while without requests. */
  restartShards(): void;
  /** What `work` gives of each shard, by its number. */
  inShards<T>(work: (state: DurableObjectState, shard: number) => T): Promise<T[]>;
}

/** Another isolate, maybe of another release, over the same shards. */
export interface LabIsolate extends GraphQLApi {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** A batch of a queue that it consumes. */
  queue(queue: string, messages: readonly SentMessage[]): Promise<void>;
}

type Method = (...args: unknown[]) => Promise<unknown>;

export interface LabOptions
  extends Pick<WorkerOptions, 'cache' | 'capacity' | 'limits' | 'log' | 'monitoring' | 'persisted' | 'router'> {
  readonly migrations?: MigrationBundle;
  /** Of the Worker, besides shards and catalog. */
  readonly bindings?: Partial<Env>;
  /** False: answers do not wait for what goes on after them, such as a report ten seconds later. Default: true. */
  readonly waitsForWork?: boolean;
  /** Of the shards, besides each other. */
  readonly shardBindings?: Partial<ShardEnv>;
}

export function createLabWorker(
  model: Model,
  shardCount = 2,
  extensions?: Extensions,
  { migrations = migrationsOf(model), bindings, shardBindings, waitsForWork = true, ...options }: LabOptions = {},
): LabWorker {
  const given = { model, migrations, ...(extensions && { extensions }), ...options };
  const { handlers, ...storage } = createWorker(given);
  let { Shard } = storage;
  const map: ShardMap = {
    epoch: 1,
    slotHash: SLOT_HASH,
    shards: initialRanges(shardCount).map((range, index) => ({
      name: `lab-${index}-${crypto.randomUUID()}`,
      generation: 1,
      ranges: [range],
    })),
  };
  /** workerd evicts objects that are idle for some seconds: then the shard starts again on what it has stored. */
  let shardByState = new WeakMap<DurableObjectState, ShardRpc>();
  const owning = new Set<string>();
  const inShard = <T>(name: string, work: (shard: ShardRpc) => Promise<T>): Promise<T> =>
    runInDurableObject(env.LAB.getByName(name), async (_, state) => {
      let shard = shardByState.get(state);
      if (shard === undefined) {
        // What users see of the class says nothing of its calls.
        shard = new Shard(state, { SHARD: shards, ...shardBindings }) as unknown as ShardRpc;
        shardByState.set(state, shard);
      }
      if (!owning.has(name)) {
        owning.add(name);
        const { epoch, shards } = map;
        await shard.setOwnedSlots(epoch, shards.find((placement) => placement.name === name)!.ranges);
      }
      return work(shard);
    });

  /** Calls cross a boundary that copies, as between Worker and Durable Object. */
  const stubOf = (name: string) =>
    new Proxy({} as Record<string, unknown>, {
      get: (_, method: string) =>
        // A promise must not take the stub for another promise.
        method === 'then'
          ? undefined
          : (...args: unknown[]) =>
              inShard(name, async (shard) =>
                structuredClone(await (shard as unknown as Record<string, Method>)[method]!(...structuredClone(args))),
              ),
    });
  const idFromName = (name: string) => ({ name, toString: () => name });
  const namespace = (get: (id: { readonly name: string }) => unknown) =>
    ({
      idFromName,
      get,
      getByName: (name: string) => get({ name }),
    }) as unknown as DurableObjectNamespace;
  const shards = namespace(({ name }) => stubOf(name));
  const workerEnv: Env = {
    SHARDQL_DEVELOPMENT: 'true',
    SHARD: shards,
    CATALOG: namespace(() => ({
      map: async () => structuredClone(map),
      recordAudit: async () => {},
      keepDeadLetters: async () => {},
    })),
    ...bindings,
  };
  const isolateOf = ({ fetch, queue }: typeof handlers, isolateEnv: Env): LabIsolate => {
    const send = async (url: string, init: RequestInit = {}) => {
      const execution = createExecutionContext();
      const response = await fetch(new Request(url, init) as Parameters<typeof fetch>[0], isolateEnv, execution);
      if (waitsForWork) await waitOnExecutionContext(execution);
      return response;
    };
    return {
      graphql: (query, variables, headers) => postGraphQL(`${ORIGIN}/graphql`, query, variables, headers, send),
      fetch: (path, init) => send(`${ORIGIN}${path}`, init),
      async queue(name, messages) {
        const execution = createExecutionContext();
        const sent = messages.map(({ id, body }) => ({ id, body, attempts: 1, timestamp: new Date() }));
        await queue(createMessageBatch(name, sent), isolateEnv, execution);
        if (waitsForWork) await waitOnExecutionContext(execution);
      },
    };
  };
  return {
    model,
    ...isolateOf(handlers, workerEnv),
    isolate: (changes = {}, variables = {}) =>
      isolateOf(createWorker({ ...given, ...changes }).handlers, { ...workerEnv, ...variables }),
    deployShards(changes) {
      ({ Shard } = createWorker({ ...given, ...changes }));
      shardByState = new WeakMap();
    },
    env: workerEnv,
    shardNames: map.shards.map(({ name }) => name),
    shardOf: (key) => {
      const slot = slotOf(key);
      return map.shards.findIndex(({ ranges }) => ranges.some(([first, last]) => first <= slot && slot <= last));
    },
    async runDueTasks() {
      for (const { name } of map.shards)
        await inShard(name, async (shard) => await (shard as unknown as DurableObject).alarm!());
    },
    restartShards() {
      shardByState = new WeakMap();
    },
    inShards: (work) =>
      Promise.all(
        map.shards.map(({ name }, shard) =>
          runInDurableObject(env.LAB.getByName(name), (_, state) => work(state, shard)),
        ),
      ),
  };
}
