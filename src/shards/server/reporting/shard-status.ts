/** What a shard tells of itself when it is asked. */
import { memoryUsed } from '../../isolate-memory.ts';
import { NO_LAGS } from '../../lag-histogram.ts';
import type { Bare } from '../../protocol/envelope.ts';
import type { ShardStatus, StatusRequest } from '../../protocol/shard-rpc.ts';
import type { ShardCounts } from '../../shard-counts.ts';
import type { ShardFigures } from '../../shard-report.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import type { ShardState } from '../shard-state.ts';
import { readLogState } from '../tables/log-state-table.ts';
import { lastMigration } from '../tables/migrations-table.ts';

/** Reads a few rows, however many the shard has. */
export function shardFigures(shard: ShardState, session: ReadSession): ShardFigures {
  const logState = readLogState(session);
  return {
    liveBytes: shard.capacity.bytes,
    level: shard.capacity.level,
    rows: shard.capacity.rows,
    logBytes: shard.logSize.bytes(logState),
    restorableSince: logState.trimmedVersion,
    lastVersion: shard.clock.last,
    migration: lastMigration(session),
    unpublishedKeys: shard.freshness.unpublished.size,
    isolateMemoryBytes: memoryUsed(),
  };
}

export const shardCounts = ({ life, publisher, audits, work }: ShardState): ShardCounts => ({
  life,
  invalidationLag: publisher === null ? NO_LAGS : { counts: publisher.lag.counts, sumMs: publisher.lag.sumMs },
  stampPuts: publisher?.puts ?? 0,
  audits: audits.counts,
  own: work.own,
  events: work.events,
});

export function shardStatus(
  shard: ShardState,
  session: ReadSession,
  { countsRows = false }: StatusRequest,
): Bare<ShardStatus> {
  const rowsByTable = countsRows ? countRowsByTable(shard, session) : null;
  return {
    status: 'OK',
    figures: shardFigures(shard, session),
    counted: shardCounts(shard),
    rowsByTable,
  };
}

/** Costs as much as the shard is large. The platform bills each row as one that is read. */
function countRowsByTable({ model, capacity }: ShardState, session: ReadSession): Readonly<Record<string, number>> {
  const rowsByTable = Object.fromEntries(
    model.tables.map((table) => [
      table.typeName,
      session.row(`SELECT count(*) FROM ${quoteName(table.sqlName)}`)![0] as number,
    ]),
  );
  capacity.counted(Object.values(rowsByTable).reduce((sum, rows) => sum + rows, 0));
  return rowsByTable;
}
