/** Which statements shards cannot do in steps: those of a large table then take as long as they take, in one call. */
import { isForeignKeysPragma } from '../../src/model/foreign-keys-pragma.ts';
import { statementsAtOnce } from '../../src/shards/server/migrate/rebuild/at-once.ts';
import { findRebuilds } from '../../src/shards/server/migrate/rebuild/find-rebuilds.ts';
import { shortSql } from '../../src/shards/server/migrate/sql-parts.ts';
import type { ReadSession } from '../../src/shards/sql/sql-session.ts';
import { openDatabase } from './rehearsal/shard-database.ts';

interface Run {
  readonly tag: string;
  readonly statements: readonly string[];
}

/** `before`: statements that make the tables as the migration finds them. As a line for each table, of the first of its statements. */
export function notesAtOnce(before: readonly string[], { tag, statements }: Run): string[] {
  const database = openDatabase(before);
  const rows: ReadSession['rows'] = (sql, ...bindings) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all(...(bindings as string[])) as unknown as SqlStorageValue[][];
  };
  const session = {
    rows,
    row: (sql: string, ...bindings: SqlStorageValue[]) => rows(sql, ...bindings)[0],
  } as ReadSession;
  const tables = rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").flat() as string[];
  const run = [{ tag, statements, hash: tag, schemaHash: tag, reverts: null, checks: [] }];
  const found = statementsAtOnce(tables, run, {
    copied: findRebuilds(session, run, !statements.some(isForeignKeysPragma)),
  });
  return [...new Set(found.map(({ table }) => table))].map((table) => {
    const { sql } = found.find((each) => each.table === table)!;
    return `If ${table} is large, shards stand still for it: this is not done in steps: ${shortSql(sql)}`;
  });
}
