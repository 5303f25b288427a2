import type { Bare } from '../../protocol/envelope.ts';
import type { ShardStatus } from '../../protocol/status.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import type { ShardState } from '../shard-state.ts';
import { lastMigration } from '../tables/migrations-table.ts';

/** Counts every table's rows, so it costs as much as the shard is large: for operators, on no hot path. */
export function shardStatus(shard: ShardState, session: ReadSession): Bare<ShardStatus> {
  return {
    slots: shard.ownership.ranges,
    migration: lastMigration(session),
    databaseBytes: shard.storage.sql.databaseSize,
    lastVersion: shard.clock.last,
    rowsByTable: Object.fromEntries(
      shard.model.tables.map((table) => [
        table.typeName,
        session.row(`SELECT count(*) FROM ${quoteName(table.sqlName)}`)![0] as number,
      ]),
    ),
    unpublishedKeys: shard.freshness.unpublished.size,
  };
}
