import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

const SHARDS = ['shard-0', 'shard-1', 'shard-2', 'shard-3'];

/** Does something past the API to the database of every shard of the model `values`. */
export async function inShards(work: (sql: SqlStorage) => void): Promise<void> {
  for (const name of SHARDS) {
    const stub = env.VALUES_SHARD.get(env.VALUES_SHARD.idFromName(name));
    await runInDurableObject(stub, (_shard, { storage }) => work(storage.sql));
  }
}

/** Runs a statement in every shard. */
export const execInShards = (statement: string, ...bindings: SqlStorageValue[]): Promise<void> =>
  inShards((sql) => void sql.exec(statement, ...bindings).toArray());
