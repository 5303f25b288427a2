export interface CachedCopy {
  readonly readAt: string;
  readonly ageMs: number;
  readonly diesAt: string;
  readonly characters: number;
  readonly verdict: string;
  readonly reason: string;
  readonly asOf: readonly { readonly shard: string; readonly asOf: string; readonly changed: string }[];
}

export interface CacheEntry {
  readonly kind: string;
  readonly tables: readonly string[];
  readonly shardKey: string | null;
  readonly kvKey: string;
  readonly ttlSeconds: number;
  readonly swrSeconds: number;
  readonly stamps: readonly {
    readonly table: string;
    readonly bucket: number | null;
    readonly lastChange: string | null;
    readonly lastChangeAt: string | null;
  }[];
  readonly memory: CachedCopy | null;
  readonly kv: CachedCopy | null;
}

export interface CacheEntryAnswer {
  readonly cacheEntry: readonly CacheEntry[];
}

const COPY = 'readAt ageMs diesAt characters verdict reason asOf { shard asOf changed }';

export const CACHE_ENTRY = `query CacheEntry(
  $table: String, $id: JSON, $shardKey: ID, $nodeId: ID, $query: String, $variables: JSON, $mode: String!
) {
  cacheEntry(table: $table, id: $id, shardKey: $shardKey, nodeId: $nodeId, query: $query, variables: $variables, mode: $mode) {
    kind tables shardKey kvKey ttlSeconds swrSeconds
    stamps { table bucket lastChange lastChangeAt }
    memory { ${COPY} }
    kv { ${COPY} }
  }
}`;
