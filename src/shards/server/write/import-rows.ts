import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { errorToWire, ShardQLError } from '../../errors.ts';
import type { ImportAnswer, ImportRequest, WrongShard } from '../../protocol.ts';
import { type ShardKey, toShardKey } from '../../shard-key.ts';
import { ownsKey, type ShardState } from '../shard-state.ts';
import { SqlSession } from '../sql-session.ts';
import { writeClock } from '../tables/clock-table.ts';
import { noteShardKey } from '../tables/keys-table.ts';
import { countLoggedInserts, readLastLogSeq } from '../tables/log-table.ts';
import { countRewritten } from './count-rewritten.ts';
import { ImportWriter } from './import-writer.ts';
import { columnOf, tableOf } from './write-scope.ts';

/** Origin of imported rows in the log. */
const IMPORT_ORIGIN = 'import';

type Row = readonly WireValue[];

/**
 * Upserts rows by primary key in one transaction; rows that fail do so alone. Repeating it changes nothing, so it needs
 * no operation id.
 */
export function importRows(shard: ShardState, request: ImportRequest): ImportAnswer | WrongShard {
  const { epoch } = shard.ownership;
  const session = new SqlSession(shard.storage.sql);
  const rows = JSON.parse(request.rows) as Row[];
  const table = tableOf(shard.model, request.table);
  const columns = request.columns.map((name) => columnOf(table, name));
  requirePrimaryKey(table, columns);
  const keys = shardKeysOf(table, columns, rows);
  const version = shard.clock.next();
  const answer = shard.storage.transactionSync((): ImportAnswer | WrongShard => {
    for (const key of keys) if (!ownsKey(shard, key)) return { status: 'WRONG_SHARD', epoch };
    writeClock(session, version, IMPORT_ORIGIN);
    for (const key of keys) noteShardKey(session, key);
    const lastSeq = readLastLogSeq(session);
    const { written, failures } = new ImportWriter(
      shard.storage,
      session,
      shard.model,
      table,
      columns,
      request.requestId,
    ).write(rows);
    const inserted = countLoggedInserts(session, table.sqlName, lastSeq);
    const updated = written - inserted;
    const { importId } = request;
    const since = importId === undefined ? version : (shard.imports.firstVersion(importId) ?? version);
    return {
      status: 'OK',
      epoch,
      version,
      inserted,
      updated,
      rewritten: updated === 0 ? 0 : countRewritten(session, table, lastSeq, since),
      unchanged: rows.length - failures.length - written,
      failures: failures.map(({ row, error }) => ({ row, error: errorToWire(error) })),
      counts: session.counts,
    };
  });
  if (answer.status !== 'OK') return answer;
  shard.clock.committed(version);
  if (request.importId !== undefined) shard.imports.committed(request.importId, version);
  shard.freshness.committed(session);
  const unpublished = shard.freshness.eventsDue(keys);
  return { ...answer, counts: session.counts, ...(unpublished.length > 0 && { unpublished }) };
}

function requirePrimaryKey(table: TableModel, columns: readonly ColumnModel[]): void {
  const missing = table.primaryKey.columns.find((column) => !columns.includes(column));
  if (!missing) return;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected rows that give the primary key of ${table.typeName}, but got none for ${missing.name}.`,
    { table: table.typeName, field: missing.name },
  );
}

/** The shard keys of the rows. A row without one fails alone, when it is written. */
function shardKeysOf(table: TableModel, columns: readonly ColumnModel[], rows: readonly Row[]): Set<ShardKey> {
  const index = columns.indexOf(table.shardKey);
  const keys = new Set<ShardKey>();
  for (const row of rows) {
    const value = row[index];
    if (value !== undefined && value !== null) keys.add(toShardKey(table.shardKey, value));
  }
  return keys;
}
