/**
 * Routers of the shop inside the test's own workerd, each with the memory of an isolate of its own, and calls to
 * shards that a test can delay, repeat or break. For tests that run in workerd.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createWorker, type Env } from '../../src/index.ts';
import { bundle } from '../../src/schema/migrations/index.ts';
import model from '../../src/schema/model.ts';
import type { CatalogRpc } from '../../src/shards/protocol/catalog-rpc.ts';
import { toShardKey } from '../../src/shards/shard-key.ts';
import type { ShardMap } from '../../src/shards/shard-map.ts';
import { type SlotRange, slotOf } from '../../src/shards/slots.ts';
import { nameInFile } from '../worker/object-names.ts';
import { type GraphQLAnswer, postGraphQL } from './graphql.ts';

export interface Router {
  graphql(query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer>;
  /** As an operator, at `/operator`. */
  operator(query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphQLAnswer>;
}

/** A call on its way to a shard; `send` may be made later, more than once or not at all. */
export interface ShardCall {
  readonly shard: string;
  readonly method: string;
  /** Counts stubs: which one the router used. */
  readonly stub: number;
  send(): Promise<unknown>;
}

export type Intercept = (call: ShardCall) => Promise<unknown>;

export function createRouter(intercept: Intercept = (call) => call.send(), bindings: Partial<Env> = {}): Router {
  const { handlers } = createWorker({ model, migrations: bundle });
  const routerEnv: Env = {
    SHARDQL_DEVELOPMENT: 'true',
    SHARD: interceptedNamespace(env.SHARD, intercept),
    CATALOG: env.CATALOG,
    ...bindings,
  };
  const send = async (url: string, init: RequestInit) => {
    const execution = createExecutionContext();
    const request = new Request(url, init) as Parameters<typeof handlers.fetch>[0];
    const response = await handlers.fetch(request, routerEnv, execution);
    await waitOnExecutionContext(execution);
    return response;
  };
  return {
    graphql: (query, variables) =>
      postGraphQL('http://127.0.0.1/graphql', query, variables, { 'x-shardql-trace': '1' }, send),
    operator: (query, variables) => postGraphQL('http://127.0.0.1/operator', query, variables, {}, send),
  };
}

function interceptedNamespace(namespace: DurableObjectNamespace, intercept: Intercept): DurableObjectNamespace {
  let stubs = 0;
  const get = (id: DurableObjectId) => {
    const target = namespace.get(id) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const stub = ++stubs;
    return new Proxy({} as Record<string, unknown>, {
      get: (_, method: string) =>
        // A promise must not take the stub for another promise.
        method === 'then'
          ? undefined
          : (...args: unknown[]) =>
              intercept({ shard: nameInFile(id), method, stub, send: () => target[method]!(...args) }),
    });
  };
  return {
    idFromName: (name: string) => namespace.idFromName(name),
    get,
    // The runtime has none, and says so.
    jurisdiction: (code: DurableObjectJurisdiction) => namespace.jurisdiction(code),
  } as unknown as DurableObjectNamespace;
}

const catalog = () => env.CATALOG.get(env.CATALOG.idFromName('catalog')) as unknown as CatalogRpc;

/** The map as the catalog has it now. */
export const currentMap = (): Promise<ShardMap> => catalog().map(4);

/** Gives slots to another shard. Rows are not copied, so none may be there. */
export const moveSlots = (slots: SlotRange, shard: string): Promise<ShardMap> => catalog().assign(slots, shard);

/** Slot of the tenant with this id, and of all that is under it. */
export const slotOfTenant = (id: string): number => slotOf(toShardKey(model.table('Tenant').shardKey, id));

export const isInside = (slot: number, [first, last]: SlotRange): boolean => first <= slot && slot <= last;

/** What the platform throws when a Durable Object was reset: the call may have taken effect, and may be repeated. */
export const resetError = (): Error => Object.assign(new Error('Network connection lost.'), { retryable: true });
