export interface Change {
  readonly cursor: string;
  readonly version: string;
  readonly at: string;
  readonly table: string;
  readonly key: unknown;
  readonly shardKey: string;
  readonly action: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly before: unknown;
  readonly after: unknown;
  /** False: it is not told, as the row has changed since. */
  readonly afterKnown: boolean;
  readonly operationId: string | null;
}

export interface Changes {
  readonly nodes: readonly Change[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

export interface ChangesAnswer {
  readonly changes: Changes;
}

export const CHANGE = 'cursor version at table key shardKey action before after afterKnown operationId';

export const CHANGES = `query Changes($shard: String, $shardKey: ID, $type: String, $table: String, $first: Int!, $after: String) {
  changes(shard: $shard, shardKey: $shardKey, type: $type, table: $table, newestFirst: true, first: $first, after: $after) {
    nodes { ${CHANGE} }
    hasNextPage
    endCursor
  }
}`;
