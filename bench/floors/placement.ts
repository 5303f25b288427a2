import type { FloorShard } from './shard.ts';

export interface Env {
  readonly SHARD: DurableObjectNamespace<FloorShard>;
}

/** As many objects as the API has shards, so that both work on databases of the same size. */
const SHARDS = 4;

const ids: DurableObjectId[] = [];

/** The object that holds a tenant's rows. Ids are remembered: making one of a name costs a hash. */
export function shardOf(env: Env, tenantId: string): DurableObjectStub<FloorShard> {
  const shard = shardNumberOf(tenantId);
  ids[shard] ??= env.SHARD.idFromName(`shard-${shard}`);
  return env.SHARD.get(ids[shard]);
}

export const shardNumberOf = (tenantId: string): number => hash(tenantId) % SHARDS;

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let result = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) result = Math.imul(result ^ text.charCodeAt(index), 0x01000193);
  return result >>> 0;
}
