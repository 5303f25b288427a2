/** What shards hold, read past the API. */

import { dropTriggers } from '../../../src/shards/server/log/install-triggers.ts';
import { readLogBackwards } from '../../../src/shards/server/tables/log-table.ts';
import { SqlSession } from '../../../src/shards/sql/sql-session.ts';
import type { LabWorker } from '../lab-worker.ts';
import { undoLogRow } from '../undo-log-row.ts';
import { canonicalDecimal } from './atomic.ts';
import { type Column, type Row, SHAPES, TYPES, type Type, type Value } from './shapes.ts';

export interface StoredShard {
  /** How many rows have been written since the start, by SQLite's count: while it stays, so does what is stored. */
  readonly writes: number;
  /** Of the last commit. */
  readonly version: string;
  readonly rows: ReadonlyMap<Type, readonly Row[]>;
}

/**
 * By the number of the shard.
 *
 * @param before what they held before: of those that nothing was written to since, it is what they hold.
 */
export const readShards = (worker: LabWorker, before: readonly StoredShard[] = []): Promise<StoredShard[]> =>
  worker.inShards(({ storage: { sql } }, shard) =>
    before[shard]?.writes === writesOf(sql) ? before[shard] : readShard(sql),
  );

/** What the shards held when their last commits were these, by undoing their logs. They are left as they are. */
export async function readShardsAt(worker: LabWorker, versions: readonly string[]): Promise<StoredShard[]> {
  return worker.inShards((state, shard) => {
    const session = new SqlSession(state.storage.sql);
    let then: StoredShard | undefined;
    try {
      state.storage.transactionSync(() => {
        state.storage.sql.exec('PRAGMA defer_foreign_keys = ON');
        dropTriggers(session);
        for (const row of readLogBackwards(session, 0, 1_000_000)) {
          if (row.version <= Number(versions[shard]!)) break;
          undoLogRow(session, row);
        }
        then = { ...readShard(state.storage.sql), version: versions[shard]! };
        throw new Undone();
      });
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
    }
    return then!;
  });
}

class Undone extends Error {}

function readShard(sql: SqlStorage): StoredShard {
  const [clock] = [...sql.exec('SELECT CAST(version AS TEXT) FROM _clock').raw()] as [string][];
  return {
    writes: writesOf(sql),
    version: clock?.[0] ?? '0',
    rows: new Map(TYPES.map((type) => [type, readTable(sql, type)])),
  };
}

const writesOf = (sql: SqlStorage): number => sql.exec('SELECT total_changes()').raw().next().value![0] as number;

function readTable(sql: SqlStorage, type: Type): Row[] {
  const { columns, sql: table } = SHAPES[type];
  const all = Object.entries(columns);
  const terms = all.map(([, column]) => term(column));
  const rows = sql.exec(`SELECT tenant_id, CAST(_version AS TEXT), ${terms.join(', ')} FROM ${table}`).raw();
  return [...rows].map(([tenantId, version, ...cells]) => ({
    tenantId,
    ...Object.fromEntries(all.map(([name, column], at) => [name, shown(column, cells[at]!)])),
    version,
  }));
}

/** Numbers beyond 2^53 would lose digits. */
const term = ({ kind, sql }: Column): string => (kind === 'bigint' ? `CAST(${sql} AS TEXT)` : sql);

function shown({ kind }: Column, cell: Value): Value {
  if (cell === null) return null;
  if (kind === 'json') return JSON.parse(cell);
  // SQLite would show 17 digits of a decimal, which has at most 15.
  return kind === 'decimal' ? canonicalDecimal(String(cell)) : cell;
}
