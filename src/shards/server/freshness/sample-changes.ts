import { storedToWire } from '../../../model/values/stored-to-wire.ts';
import { parsePlan } from '../../plan/compiled-plan.ts';
import type { SampledChange } from '../../protocol/shard-rpc.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { decodeImage } from '../log/row-image.ts';
import type { ShardReader } from '../shard-state.ts';
import { findSeqSince, readLogForwards } from '../tables/log-table.ts';

/** Log rows of a commit that are looked at. */
const MAX_LOG_ROWS = 100;
const MAX_CHANGES = 3;
const MAX_LISTS = 5;

/** A row of each table that a commit has changed, up to three, and recently read lists of its table. */
export function sampleChanges(
  { model, freshness }: ShardReader,
  session: ReadSession,
  version: Version,
): SampledChange[] {
  const firstSeq = findSeqSince(session, freshness.lastSeq, version);
  const rows = readLogForwards(session, firstSeq, MAX_LOG_ROWS).filter((row) => row.version === version);
  const rowByTable = new Map(rows.map((row) => [row.table, row]));
  return [...rowByTable.values()].slice(0, MAX_CHANGES).flatMap(({ table: sqlName, pk, shardKey }) => {
    const table = model.tables.find((each) => each.sqlName === sqlName);
    // Of a release before.
    if (table === undefined) return [];
    const image = decodeImage(pk);
    const stored = table.primaryKey.columns.map((column) => ({ column, value: image.get(column.sqlName) }));
    // A migration has renamed a column since.
    if (stored.some(({ value }) => value === undefined)) return [];
    const key = stored.map(({ column, value }) => storedToWire(column, value!));
    const lists = freshness
      .recentReads(shardKey, table.typeName)
      .filter(({ plan }) => parsePlan(plan).node.page !== null);
    return [{ shardKey, table: table.typeName, key, lists: lists.slice(0, MAX_LISTS) }];
  });
}
