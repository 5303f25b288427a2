import { type CapacitySettings, toCapacitySettings } from '../../src/shards/capacity.ts';
import { Capacity } from '../../src/shards/server/capacity/capacity.ts';

/** The capacity of a shard that a test puts together itself. */
export const capacityOf = (sql: Pick<SqlStorage, 'databaseSize'>, settings: Partial<CapacitySettings> = {}): Capacity =>
  new Capacity({ sql, settings: toCapacitySettings(settings), shard: 'lab', countRows: () => 0, heldBytes: () => 0 });
