import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ColumnModel, TableModel, WireValue } from '../../../src/model/types.ts';
import { bundle as shopBundle } from '../../../src/schema/migrations/index.ts';
import shop from '../../../src/schema/model.ts';
import { insertStatements } from '../../../src/shards/server/commit/insert-sql.ts';
import { checkSql, insertCheck } from '../../../src/shards/server/commit/row-check.ts';
import { logTriggers } from '../../../src/shards/server/log/log-triggers.ts';
import { searchIndexes } from '../../../src/shards/server/search/search-index.ts';
import { toShardKey } from '../../../src/shards/shard-key.ts';
import { bundle as allTypesBundle } from '../../models/all-types/migrations/index.ts';
import allTypes from '../../models/all-types/model.ts';
import { bundle as wideBundle } from '../../models/wide/migrations/index.ts';
import wide from '../../models/wide/model.ts';
import { checkSqlLimits } from '../../support/sql-limits.ts';
import { inNewShard, LabShard } from './lab-shard.ts';

const chain = (operator: string, terms: number): string => Array.from({ length: terms }, () => 'a').join(operator);

/** What SQLite in local workerd says of the statement, where it enforces the limit as production does. */
const refusal = (sql: string): Promise<string | null> =>
  runInDurableObject(env.LAB.getByName('limits'), (_lab, { storage }) => {
    storage.sql.exec('CREATE TABLE IF NOT EXISTS t (a)');
    try {
      storage.sql.exec(sql).toArray();
      return null;
    } catch (error) {
      return String(error);
    }
  });

/** Some value that a column can hold; rows need not fit together, as statements are generated before rows are checked. */
const sampleOf = (column: ColumnModel): WireValue => {
  if (column.enum) return column.enum.values[0]![1];
  if (column.wire === 'int' || column.wire === 'real') return 1;
  if (column.wire === 'blob') return 'ff';
  return '1';
};

/** Those of an import. */
const upsertStatements = (table: TableModel, columns: readonly ColumnModel[]) => {
  const key = table.primaryKey;
  const set = columns.filter((column) => !key.columns.includes(column));
  return insertStatements({
    table,
    columns,
    conflict: { key, set },
    returning: checkSql(insertCheck(table, columns)),
  });
};

/** The same shard, whose statements are noted. */
function recordingShard(shard: LabShard, statements: Set<string>): LabShard {
  const { storage } = shard.state;
  const sql = {
    exec: (text: string, ...bindings: SqlStorageValue[]) => {
      statements.add(text);
      return storage.sql.exec(text, ...bindings);
    },
  };
  const recorder = { sql, transactionSync: storage.transactionSync.bind(storage) };
  return new LabShard({ ...shard.state, storage: recorder as unknown as DurableObjectStorage }, 'recorded');
}

describe('checkSqlLimits', () => {
  it('agrees with SQLite where local workerd enforces a limit', async () => {
    const statements = [
      `SELECT ${chain(' OR ', 100)} FROM t`,
      `SELECT ${chain(' OR ', 101)} FROM t`,
      `SELECT 1 FROM t WHERE ${chain(' AND ', 100)}`,
      `SELECT 1 FROM t WHERE ${chain(' AND ', 101)}`,
      `SELECT ${chain(' + ', 101)} FROM t`,
      `SELECT ${'('.repeat(30)}a${')'.repeat(30)} FROM t`,
      `SELECT 1 FROM t WHERE ${Array.from({ length: 70 }, () => 'a = 1').join(' AND ')}`,
      Array.from({ length: 5 }, () => 'SELECT a FROM t').join(' UNION ALL '),
      Array.from({ length: 6 }, () => 'SELECT a FROM t').join(' UNION ALL '),
      `SELECT '${'x'.repeat(99_000)}'`,
      `SELECT '${'x'.repeat(100_000)}'`,
    ];
    for (const sql of statements) {
      expect([sql.slice(0, 60), checkSqlLimits(sql).length > 0]).toEqual([
        sql.slice(0, 60),
        (await refusal(sql)) !== null,
      ]);
    }
  });

  it('finds what local workerd lets pass', () => {
    const args = (count: number) => `SELECT json_array(${chain(', ', count)})`;
    expect(checkSqlLimits(args(32))).toEqual([]);
    expect(checkSqlLimits(args(33))).toEqual(['33 arguments of json_array() exceed 32.']);
    expect(checkSqlLimits(`SELECT ${Array.from({ length: 101 }, () => '?').join()}`)).toHaveLength(1);
    expect(checkSqlLimits('SELECT ?101')).toHaveLength(1);
    expect(checkSqlLimits(`INSERT INTO t (${chain(', ', 90)}) VALUES (1)`)).toEqual([]);
  });
});

describe.each([
  ['the shop', shop, shopBundle],
  ['all column types', allTypes, allTypesBundle],
  ['40 and 98 columns', wide, wideBundle],
] as const)('generated SQL for %s', (_name, model, bundle) => {
  it('stays within the limits: triggers and imports', () => {
    for (const { sql } of logTriggers(model, '0123_a_migration_with_a_long_name'))
      expect(checkSqlLimits(sql)).toEqual([]);
    for (const { followers } of searchIndexes(model))
      for (const sql of followers.values()) expect(checkSqlLimits(sql)).toEqual([]);
    for (const table of model.tables) {
      const writable = table.columns.filter((column) => !column.generated);
      for (const columns of [writable, table.primaryKey.columns]) {
        const statements = upsertStatements(table, columns);
        expect(checkSqlLimits(statements.bulk)).toEqual([]);
        expect(checkSqlLimits(statements.single)).toEqual([]);
      }
    }
  });

  it('stays within the limits: every statement of a write', async () => {
    await inNewShard(model, bundle, (shard) => {
      const statements = new Set<string>();
      const recording = recordingShard(shard, statements);
      for (const table of model.tables) {
        const writable = table.columns.filter((column) => !column.generated);
        const values = Object.fromEntries(writable.map((column) => [column.name, sampleOf(column)]));
        const shardKey = toShardKey(table.shardKey, values[table.shardKey.name]!);
        const key = table.primaryKey.names;
        const target = {
          table: table.typeName,
          key: { columns: key, values: key.map((name) => values[name]!) },
          within: null,
          expectedVersion: null,
          select: null,
        };
        const set = Object.fromEntries(
          writable
            .filter((column) => !table.primaryKey.columns.includes(column))
            .map((column) => [column.name, sampleOf(column)]),
        );
        recording.write(shardKey, [{ kind: 'create', table: table.typeName, values, select: null }]);
        recording.write(shardKey, [{ ...target, kind: 'update', set, atomic: {} }]);
        recording.write(shardKey, [{ ...target, kind: 'delete' }]);
      }
      for (const verb of ['INSERT', 'SELECT']) expect([...statements].some((sql) => sql.startsWith(verb))).toBe(true);
      for (const sql of statements) expect(checkSqlLimits(sql)).toEqual([]);
    });
  });

  it('is accepted by SQLite', async () => {
    await inNewShard(model, bundle, (shard) => {
      expect(shard.value("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name <> '_new_log_row'")).toBe(
        model.tables.length * 4 + searchIndexes(model).length * 3,
      );
      for (const table of model.tables) {
        const writable = table.columns.filter((column) => !column.generated);
        const { bulk } = upsertStatements(table, writable);
        shard.session.run(bulk, '[]');
      }
    });
  });
});
