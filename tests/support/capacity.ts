import { type CapacityReport, type CapacitySettings, toCapacitySettings } from '../../src/shards/capacity.ts';
import { Capacity } from '../../src/shards/server/capacity/capacity.ts';

/** The capacity of a shard that a test puts together itself. */
export const capacityOf = (
  sql: Pick<SqlStorage, 'databaseSize'>,
  settings: Partial<CapacitySettings> = {},
  send: ((report: CapacityReport) => void) | null = null,
): Capacity =>
  new Capacity({
    sql,
    settings: toCapacitySettings(settings),
    wallClock: Date.now,
    shard: 'lab',
    countRows: () => 0,
    lastCommitMs: 0,
    send,
  });
