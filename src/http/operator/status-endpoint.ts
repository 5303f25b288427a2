import type { Capacities } from '../../shards/client/capacities.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';

/** `GET /status`: what each shard reports, and what is known of its capacity; null: nothing. */
export async function showStatus(shards: ShardClient, capacities: Capacities): Promise<Response> {
  const [reports, byShard] = await Promise.all([shards.status(), capacities.byShard()]);
  return Response.json({
    shards: reports.map((report) => ({ ...report, capacity: byShard.get(report.shard) ?? null })),
  });
}
