import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import { keysOf } from '../../src/resolvers/operator/shard-keys.ts';

const table = (name: string) => sqliteTable(name, { id: text().primaryKey() });
const model = defineModel({
  Shop: { table: table('shops'), shardKey: 'id' },
  Region: { table: table('regions'), shardKey: 'id' },
  Year: { table: sqliteTable('years', { id: integer().primaryKey() }), shardKey: 'id' },
});

it('shard keys of operators need a type where there are several kinds of them, which says which types there are', () => {
  expect(keysOf(model, ['a'], 'Region')).toEqual(['t:a']);
  expect(keysOf(model, ['2030'], 'Year')).toEqual(['i:2030']);
  expect(() => keysOf(model, ['a'], null)).toThrow(
    /^Expected type, as tables have shard keys of several kinds: .*, such as "\w+" or "\w+", but got none\. On the command line it is --type\.$/,
  );
});
