import type { ShardCapacity } from '../../../src/shards/capacity.ts';
import type { WireError } from '../../../src/shards/errors.ts';
import type { ShardStatus } from '../../../src/shards/protocol/shard-rpc.ts';
import type { ApiClient } from '../api-client.ts';

/** What a shard reports on itself, or why it does not. */
export interface ShardReport {
  readonly shard: string;
  readonly status: ShardStatus | WireError;
  /** What the monitor knows of it; null: nothing. */
  readonly capacity: ShardCapacity | null;
}

export interface ClusterStatus {
  /** In the map's order. */
  readonly shards: readonly ShardReport[];
  /** Sum over the shards that answer, by GraphQL type. */
  readonly rowsByTable: ReadonlyMap<string, number>;
}

export const hasFailed = (status: ShardStatus | WireError): status is WireError => 'code' in status;

export async function fetchStatus(api: ApiClient): Promise<ClusterStatus> {
  const { shards } = await api.json<{ shards: readonly ShardReport[] }>('/status');
  const rowsByTable = new Map<string, number>();
  for (const { status } of shards) {
    if (hasFailed(status)) continue;
    for (const [table, rows] of Object.entries(status.rowsByTable)) {
      rowsByTable.set(table, (rowsByTable.get(table) ?? 0) + rows);
    }
  }
  return { shards, rowsByTable };
}
