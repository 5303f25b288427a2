import type { PlaceEnv } from '../../place-settings.ts';
import { CATALOG_NAME, type CatalogRpc } from '../../protocol/catalog-rpc.ts';
import type { ShardRpc } from '../../protocol/shard-rpc.ts';

/** What the router needs of a Durable Object namespace. */
export interface ObjectNamespace {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): unknown;
}

/** The Worker's bindings that the router uses. */
export interface RouterEnv extends Pick<PlaceEnv, 'SHARDQL_JURISDICTION'> {
  readonly SHARD: ObjectNamespace;
  readonly CATALOG: ObjectNamespace;
  /** Optional: holds a copy of the shard map, so that new isolates need not ask the catalog. */
  readonly KV?: { get(key: string, options: { type: 'json'; cacheTtl: number }): Promise<unknown> };
}

// The type of a stub follows from the class, which lives on the other side; the contract is what both sides share.
export const shardStub = (env: RouterEnv, id: DurableObjectId): ShardRpc => env.SHARD.get(id) as ShardRpc;

export const catalogStub = (env: RouterEnv): CatalogRpc =>
  env.CATALOG.get(env.CATALOG.idFromName(CATALOG_NAME)) as CatalogRpc;
