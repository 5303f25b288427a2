import type { Fleet } from '../../shards/client/fleet.ts';
import { ShardQLError, wireToError } from '../../shards/errors.ts';

/**
 * The rows of all tables, by GraphQL type. Each shard counts its own, which wakes it and reads all of them.
 *
 * @throws ShardQLError of the first shard that does not answer: a sum without it would be wrong.
 */
export async function countRows(fleet: Fleet): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { shard, error, rowsByTable } of await fleet.views('counted')) {
    if (error !== null) throw wireToError(error);
    if (rowsByTable === null)
      throw new ShardQLError('SHARD_UNAVAILABLE', `Expected ${shard} to count its rows, but got no count.`);
    for (const [table, rows] of Object.entries(rowsByTable)) counts.set(table, (counts.get(table) ?? 0) + rows);
  }
  return counts;
}
