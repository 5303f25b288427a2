import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import {
  blob,
  check,
  index,
  integer,
  primaryKey,
  type SQLiteColumnBuilderBase,
  type SQLiteTableExtraConfigValue,
  sqliteTable,
  text,
} from 'drizzle-orm/sqlite-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dateTime, int64 } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { physicalHash } from '../../src/model/physical.ts';
import { type MigrationBundle, type Model, ROW_VERSION_COLUMN } from '../../src/model/types.ts';
import { parseDecimal } from '../../src/model/values/decimal.ts';
import { bundle as shopBundle } from '../../src/schema/migrations/index.ts';
import shop from '../../src/schema/model.ts';
import { bundle as allTypesBundle } from '../models/all-types/migrations/index.ts';
import allTypes from '../models/all-types/model.ts';
import { bundle as crossShardBundle } from '../models/cross-shard/migrations/index.ts';
import crossShard from '../models/cross-shard/model.ts';
import { bundle as wideBundle } from '../models/wide/migrations/index.ts';
import wide from '../models/wide/model.ts';

const MODELS: readonly (readonly [string, Model, MigrationBundle])[] = [
  ['shop', shop, shopBundle],
  ['all-types', allTypes, allTypesBundle],
  ['cross-shard', crossShard, crossShardBundle],
  ['wide', wide, wideBundle],
];

const inSql = <Result>(name: string, work: (sql: SqlStorage) => Result): Promise<Result> =>
  runInDurableObject(env.LAB.getByName(name), (_, state) => work(state.storage.sql));

describe.each(MODELS)('The migrations of %s', (name, model, bundle) => {
  test('are those of its model: run `npm run db:generate` if not', () => {
    expect(bundle.physicalHash).toBe(physicalHash(model));
  });

  test('give SQLite the columns and keys that the model knows', async () => {
    await inSql(name, (sql) => {
      for (const statement of bundle.migrations.flatMap((migration) => migration.statements)) sql.exec(statement);
      for (const table of model.tables) {
        // table_xinfo lists generated columns too.
        const columns = sql.exec('SELECT name, "notnull", pk FROM pragma_table_xinfo(?)', table.sqlName).toArray();
        expect(columns.map((column) => column.name).sort()).toEqual(
          [...table.columns.map((column) => column.sqlName), ROW_VERSION_COLUMN].sort(),
        );
        const keyColumns = columns.filter((column) => column.pk !== 0).sort((a, b) => Number(a.pk) - Number(b.pk));
        expect(keyColumns.map((column) => column.name)).toEqual(table.primaryKey.columns.map(({ sqlName }) => sqlName));
        const notNull = new Set(columns.filter((column) => column.notnull === 1).map((column) => column.name));
        for (const column of table.columns) expect(notNull.has(column.sqlName), column.sqlName).toBe(column.notNull);
        const indexes = sql
          .exec("SELECT name FROM pragma_index_list(?) WHERE origin <> 'pk'", table.sqlName)
          .toArray()
          .map((index) => index.name);
        expect(indexes.sort()).toEqual(table.indexes.map((index) => index.name).sort());
      }
    });
  });
});

describe('The physical hash', () => {
  test('differs between models', () => {
    expect(new Set(MODELS.map(([, model]) => physicalHash(model))).size).toBe(MODELS.length);
  });

  const hashOf = (column: SQLiteColumnBuilderBase, constraint?: SQLiteTableExtraConfigValue): string => {
    const columns = { id: text().primaryKey(), other: column };
    const table = sqliteTable('notes', columns, () => (constraint === undefined ? [] : [constraint]));
    return physicalHash(defineModel({ Note: { table, shardKey: 'id' } }));
  };

  test('differs with everything that a migration would change', () => {
    const hashes = [
      hashOf(text()),
      hashOf(text().notNull()),
      hashOf(integer()),
      hashOf(text().default('a')),
      hashOf(text().default('b')),
      hashOf(text().default(sql`lower('A')`)),
      hashOf(text('renamed')),
      hashOf(text().generatedAlwaysAs(sql`upper(id)`)),
      hashOf(text().generatedAlwaysAs(sql`lower(id)`)),
      hashOf(text().generatedAlwaysAs(sql`lower(id)`, { mode: 'stored' })),
      hashOf(text(), index('by_other').on(sql`other`)),
      hashOf(text(), index('by_other').on(sql`id`)),
      hashOf(text(), index('by_other').on(sql`other`).where(sql`other > 1`)),
      hashOf(text(), check('is_short', sql`length(other) < 10`)),
      hashOf(text(), check('is_short', sql`length(other) < 20`)),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('differs with what stored values mean, and with where rows live', () => {
    const hashes = [
      hashOf(text()),
      hashOf(text({ enum: ['a', 'b'] })),
      hashOf(text({ enum: ['a', 'b', 'c'] })),
      hashOf(text({ mode: 'json' })),
      hashOf(dateTime()),
      hashOf(integer()),
      hashOf(int64()),
      hashOf(integer({ mode: 'boolean' })),
      hashOf(integer({ mode: 'timestamp' })),
      hashOf(integer({ mode: 'timestamp_ms' })),
      hashOf(blob()),
      hashOf(blob({ mode: 'json' })),
      hashOf(blob({ mode: 'bigint' })),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    const table = sqliteTable('notes', { a: text().notNull(), b: text().notNull() }, (t) => [
      primaryKey({ columns: [t.a, t.b] }),
    ]);
    expect(physicalHash(defineModel({ Note: { table, shardKey: 'a' } }))).not.toBe(
      physicalHash(defineModel({ Note: { table, shardKey: 'b' } })),
    );
  });

  test('is the same for what only GraphQL and the router see', () => {
    expect(hashOf(text({ enum: ['b', 'a'] }))).toBe(hashOf(text({ enum: ['a', 'b'] })));
    expect(hashOf(text().$defaultFn(() => 'a'))).toBe(hashOf(text()));
    const hashWithId = (relations?: Parameters<typeof defineModel>[1]): string => {
      const table = sqliteTable('notes', { id: text().primaryKey(), other: text() });
      return physicalHash(defineModel({ Note: { table, shardKey: 'id' } }, relations));
    };
    const relations = ({ one }: { one: { Note: (pairs: object) => never } }) => ({
      Note: { origin: one.Note({ from: 'other', to: 'id' }) },
    });
    expect(hashWithId(relations as never), 'a text that a relation makes an ID').toBe(hashWithId());
  });
});

describe('Decimals', () => {
  test('come back from a NUMERIC column as they went in, bound as text or as number', async () => {
    const digits = fc.integer({ min: -(10 ** 15) + 1, max: 10 ** 15 - 1 });
    const decimals = fc
      .tuple(digits, fc.integer({ min: -40, max: 40 }))
      .map(([number, exponent]) => parseDecimal(`${number}e${exponent}`));
    await inSql('decimals', (sql) => {
      sql.exec('CREATE TABLE decimals (value numeric)');
      fc.assert(
        fc.property(decimals, (decimal) => {
          for (const bound of [decimal, Number(decimal)]) {
            sql.exec('DELETE FROM decimals');
            sql.exec('INSERT INTO decimals VALUES (?)', bound);
            const { value } = sql.exec<{ value: number }>('SELECT value FROM decimals').one();
            expect(parseDecimal(value.toPrecision(15))).toBe(decimal);
          }
        }),
      );
    });
  });
});
