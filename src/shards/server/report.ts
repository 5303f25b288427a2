/** What a shard reports about itself. */
import { LagHistogram } from '../lag-histogram.ts';
import type { Bare } from '../protocol/envelope.ts';
import type { ShardMetrics, ShardStatus } from '../protocol/shard-rpc.ts';
import type { ReadSession } from '../sql/sql-session.ts';
import { quoteName } from '../sql/sql-text.ts';
import type { ShardState } from './shard-state.ts';
import { readLogBytesAfter } from './tables/log-sizes.ts';
import { readLogState } from './tables/log-state-table.ts';
import { lastMigration } from './tables/migrations-table.ts';

/** Reads no table, so that it may be asked for often. */
export function shardMetrics({ storage, freshness, publisher, audits }: ShardState): Bare<ShardMetrics> {
  const { counts, sumMs } = publisher?.lag ?? new LagHistogram();
  return {
    databaseBytes: storage.sql.databaseSize,
    unpublishedKeys: freshness.unpublished.size,
    invalidationLag: { counts, sumMs },
    stampPuts: publisher?.puts ?? 0,
    audits: audits.counts,
  };
}

/** Counts every table's rows, so it costs as much as the shard is large: for operators, on no hot path. */
export function shardStatus(shard: ShardState, session: ReadSession): Bare<ShardStatus> {
  const { bytes, measuredSeq, trimmedVersion } = readLogState(session);
  // The trimmer measures what was written since in its own time.
  const logBytes = bytes + readLogBytesAfter(session, measuredSeq);
  const rowsByTable = Object.fromEntries(
    shard.model.tables.map((table) => [
      table.typeName,
      session.row(`SELECT count(*) FROM ${quoteName(table.sqlName)}`)![0] as number,
    ]),
  );
  shard.capacity.counted(Object.values(rowsByTable).reduce((sum, rows) => sum + rows, 0));
  return {
    slots: shard.ownership.ranges,
    migration: lastMigration(session),
    databaseBytes: shard.storage.sql.databaseSize,
    lastVersion: shard.clock.last,
    rowsByTable,
    unpublishedKeys: shard.freshness.unpublished.size,
    logBytes,
    restorableSince: trimmedVersion,
    level: shard.capacity.level,
  };
}
