import { env } from 'cloudflare:workers';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Model } from '../../../src/model/types.ts';
import { createRouterState, createShardClient } from '../../../src/shards/client/create-shard-client.ts';
import type { ShardClient } from '../../../src/shards/client/shard-client.ts';
import { DEVELOPER } from '../../../src/shards/protocol/envelope.ts';
import { type Outcome, run } from './run.ts';

interface Bindings {
  readonly shards: DurableObjectNamespace;
  readonly catalog: DurableObjectNamespace;
}

export const SHOP: Bindings = { shards: env.SHOP_SHARD, catalog: env.SHOP_CATALOG };
export const CROSS_SHARD: Bindings = { shards: env.CROSS_SHARD_SHARD, catalog: env.CROSS_SHARD_CATALOG };
export const ALL_TYPES: Bindings = { shards: env.ALLTYPES_SHARD, catalog: env.ALLTYPES_CATALOG };
export const PROJECTS: Bindings = { shards: env.PROJECTS_SHARD, catalog: env.PROJECTS_CATALOG };
export const VALUES: Bindings = { shards: env.VALUES_SHARD, catalog: env.VALUES_CATALOG };

/** Real shards behind the real router: documents run as requests do, each with a client of its own. */
export class Cluster {
  readonly #api: { readonly model: Model; readonly schema: GraphQLSchema };
  readonly #bindings: Bindings;
  readonly #state = createRouterState();
  readonly #shardCount: number;

  constructor(api: { readonly model: Model; readonly schema: GraphQLSchema }, bindings: Bindings, shardCount = 4) {
    this.#api = api;
    this.#bindings = bindings;
    this.#shardCount = shardCount;
  }

  async run(
    query: string | DocumentNode,
    variables: Record<string, unknown> = {},
  ): Promise<Outcome & Pick<ShardClient, 'trace'>> {
    const client = this.#client();
    return { ...(await run(this.#api, client, query, variables)), trace: client.trace };
  }

  async importRows(...rows: Parameters<ShardClient['importRows']>): Promise<void> {
    const { failures } = await this.#client().importRows(...rows);
    if (failures.length > 0) throw new Error(failures[0]!.error.message);
  }

  #client(): ShardClient {
    return createShardClient({
      model: this.#api.model,
      env: { SHARD: this.#bindings.shards, CATALOG: this.#bindings.catalog },
      state: this.#state,
      // Generous: the machine that runs all tests at once is slow, and time is not what these tests are about.
      settings: { shardCount: this.#shardCount, requestDeadlineMs: 60_000, mapFetchPatienceMs: 30_000 },
      caller: DEVELOPER,
      waitUntil: () => {},
    });
  }

  /** Runs a document that must not fail; gives its data. */
  async data(query: string, variables: Record<string, unknown> = {}) {
    const { data, errors } = await this.run(query, variables);
    if (errors.length > 0)
      throw new Error(errors.map((error) => `${error.path?.join('.')}: ${error.message}`).join('\n'));
    return data;
  }
}
