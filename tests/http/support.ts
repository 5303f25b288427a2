import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { WorkerOptions } from '../../src/index.ts';
import { createWorker } from '../../src/index.ts';
import type { Model } from '../../src/model/types.ts';
import { bundle as shopBundle } from '../../src/schema/migrations/index.ts';
import shopModel from '../../src/schema/model.ts';
import accessModel from '../models/access/model.ts';
import { bundle as allTypesBundle } from '../models/all-types/migrations/index.ts';
import allTypesModel from '../models/all-types/model.ts';
import { bundle as crossShardBundle } from '../models/cross-shard/migrations/index.ts';
import crossShardModel from '../models/cross-shard/model.ts';
import { bundle as valuesBundle } from '../models/values/migrations/index.ts';
import valuesModel from '../models/values/model.ts';
import { migrationsOf } from '../support/create-tables.ts';

/** `path` may be a whole URL; without one, the host is this machine. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>;

const shop = { model: shopModel, migrations: shopBundle };
const shopShards = { SHARD: env.SHOP_SHARD, CATALOG: env.SHOP_CATALOG };

/** The demo's Worker, with the developer role unless other variables are given. */
export const shopWorker = (
  variables: Readonly<Record<string, unknown>> = { SHARDQL_DEVELOPMENT: 'true' },
  options: Partial<WorkerOptions> = {},
): Send => sender(createWorker({ ...shop, ...options }), { ...shopShards, ...variables });

/** The demo's model without its rules: all callers but operators are refused, and refusals name who they are. */
export const shopWithoutRules: Model = { ...shopModel, roles: new Map() };

/** A Worker of a model with access rules, deployed unless its variables say otherwise. */
export const accessWorker = (
  variables: Readonly<Record<string, unknown>>,
  options: Partial<WorkerOptions> = {},
): Send =>
  sender(createWorker({ model: accessModel, migrations: migrationsOf(accessModel), ...options }), {
    SHARD: env.ACCESS_SHARD,
    CATALOG: env.ACCESS_CATALOG,
    ...variables,
  });

/** A Worker over every column type. */
export const allTypesWorker = (): Send =>
  sender(createWorker({ model: allTypesModel, migrations: allTypesBundle }), {
    SHARD: env.ALLTYPES_SHARD,
    CATALOG: env.ALLTYPES_CATALOG,
    SHARDQL_DEVELOPMENT: 'true',
  });

/** A Worker over relations between shards. */
export const crossShardWorker = (): Send =>
  sender(createWorker({ model: crossShardModel, migrations: crossShardBundle }), {
    SHARD: env.CROSS_SHARD_SHARD,
    CATALOG: env.CROSS_SHARD_CATALOG,
    SHARDQL_DEVELOPMENT: 'true',
  });

/** A Worker over columns in which values come to stand that are none of theirs. */
export const valuesWorker = (): Send =>
  sender(createWorker({ model: valuesModel, migrations: valuesBundle }), {
    SHARD: env.VALUES_SHARD,
    CATALOG: env.VALUES_CATALOG,
    SHARDQL_DEVELOPMENT: 'true',
  });

export function sender({ handlers }: ReturnType<typeof createWorker>, bindings: object): Send {
  return async (path, init) => {
    const execution = createExecutionContext();
    const response = await handlers.fetch(
      new Request(new URL(path, 'http://127.0.0.1'), init) as Parameters<typeof handlers.fetch>[0],
      bindings as Parameters<typeof handlers.fetch>[1],
      execution,
    );
    await waitOnExecutionContext(execution);
    return response;
  };
}

export const graphql = (query: string, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ query }),
});

/** The first error's code, and what every answer outside GraphQL must have. */
export async function failureOf(response: Response): Promise<{ status: number; code: string; message: string }> {
  const { errors } = await response.json<{
    errors: [{ message: string; extensions: { code: string; requestId: string } }];
  }>();
  const [{ message, extensions }] = errors;
  if (extensions.requestId !== response.headers.get('x-request-id')) throw new Error('request ids differ');
  return { status: response.status, code: extensions.code, message };
}
