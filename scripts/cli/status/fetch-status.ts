import type { Look, ShardView } from '../../../src/shards/shard-view.ts';
import type { ApiClient } from '../api-client.ts';

const PATHS: Readonly<Record<Look, string>> = {
  reported: '/status',
  live: '/status?live=1',
  counted: '/status?count=1',
};

/** All shards, in the map's order. */
export async function fetchStatus(api: ApiClient, look: Look): Promise<readonly ShardView[]> {
  return (await api.json<{ shards: readonly ShardView[] }>(PATHS[look])).shards;
}

/** The rows of each table by GraphQL type, summed up over the shards that have counted theirs. */
export function sumRows(shards: readonly ShardView[]): Map<string, number> {
  const rowsByTable = new Map<string, number>();
  for (const shard of shards) {
    for (const [table, rows] of Object.entries(shard.rowsByTable ?? {}))
      rowsByTable.set(table, (rowsByTable.get(table) ?? 0) + rows);
  }
  return rowsByTable;
}
