/**
 * A whole Worker of any model inside the test's own workerd: its shards keep their rows in bare Durable Objects, so a model
 * needs no class and no binding of its own. For tests that run in workerd.
 */
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createWorker, type Env, type Extensions, type WorkerOptions } from '../../src/index.ts';
import type { Model } from '../../src/model/types.ts';
import type { ShardRpc } from '../../src/shards/protocol/shard-rpc.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import { initialRanges, type ShardMap } from '../../src/shards/shard-map.ts';
import { SLOT_HASH, slotOf } from '../../src/shards/slots.ts';
import { migrationsOf } from './create-tables.ts';
import { type GraphQLApi, postGraphQL } from './graphql.ts';

const ORIGIN = 'http://127.0.0.1';

export interface LabWorker extends GraphQLApi {
  readonly model: Model;
  /** Any other path, such as `/import?table=…`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
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

type Method = (...args: unknown[]) => Promise<unknown>;

export type LabOptions = Pick<WorkerOptions, 'capacity' | 'log' | 'persisted' | 'router'>;

export function createLabWorker(
  model: Model,
  shardCount = 2,
  extensions?: Extensions,
  options: LabOptions = {},
): LabWorker {
  const { handlers, Shard } = createWorker({
    model,
    migrations: migrationsOf(model),
    ...(extensions && { extensions }),
    ...options,
  });
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
  let shardByState = new WeakMap<DurableObjectState, InstanceType<typeof Shard>>();
  const owning = new Set<string>();
  const inShard = <T>(name: string, work: (shard: ShardRpc) => Promise<T>): Promise<T> =>
    runInDurableObject(env.LAB.getByName(name), async (_, state) => {
      let shard = shardByState.get(state);
      if (shard === undefined) {
        shard = new Shard(state, { SHARD: shards });
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
    CATALOG: namespace(() => ({ map: async () => structuredClone(map), recordAudit: async () => {} })),
  };
  const send = async (url: string, init: RequestInit = {}) => {
    const execution = createExecutionContext();
    const request = new Request(url, init) as Parameters<typeof handlers.fetch>[0];
    const response = await handlers.fetch(request, workerEnv, execution);
    await waitOnExecutionContext(execution);
    return response;
  };
  return {
    model,
    shardNames: map.shards.map(({ name }) => name),
    graphql: (query, variables, headers) => postGraphQL(`${ORIGIN}/graphql`, query, variables, headers, send),
    fetch: (path, init) => send(`${ORIGIN}${path}`, init),
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
