import { describe, expect, it } from 'vitest';
import { isAdditive } from '../../../../src/shards/server/migrate/additive.ts';

const TABLE = 'CREATE TABLE `labels` (`tenant` text NOT NULL, `id` text NOT NULL, PRIMARY KEY(`tenant`, `id`));';
const COLUMN = 'ALTER TABLE `items` ADD `note` text;';
const WITH_DEFAULT = 'ALTER TABLE "items" ADD COLUMN "stock" integer DEFAULT 7 NOT NULL';

describe('a migration', () => {
  it.each([
    ['nothing that SQL knows of', []],
    ['a table', [TABLE]],
    ['a table whose keys are unique', [TABLE, 'CREATE UNIQUE INDEX `u` ON `labels` (`tenant`,`id`);']],
    ['columns', [COLUMN, WITH_DEFAULT]],
    ['a column that refers to rows', ['ALTER TABLE items ADD owner text REFERENCES owners(id) ON DELETE CASCADE']],
    ['a column that is worked out', ['ALTER TABLE items ADD twice integer GENERATED ALWAYS AS (price * 2) VIRTUAL']],
    [
      'an index',
      ['CREATE INDEX `items_by_price` ON `items` (`tenant`,`price`);', 'create index if not exists i on t (a)'],
    ],
    ['a unique index of a column that is NULL at first', [COLUMN, 'CREATE UNIQUE INDEX u ON items (tenant, `note`)']],
    [
      'a column with what it holds',
      [COLUMN, WITH_DEFAULT, 'UPDATE items SET "note" = name, stock = (1 + 2) WHERE price > 3;'],
    ],
    [
      'a table with its rows',
      [TABLE, 'INSERT INTO labels (tenant, id) SELECT tenant, id FROM items', "UPDATE labels SET id = 'x'"],
    ],
    ['and rows that go', ['DELETE FROM items WHERE price = 0']],
  ])('only adds: %s', (_, statements) => {
    expect(isAdditive(statements)).toBe(true);
  });

  it.each([
    ['a rebuild', ['PRAGMA foreign_keys=OFF;', 'CREATE TABLE __new_items (id text)', 'DROP TABLE items']],
    ['a table that goes', ['DROP TABLE items']],
    ['a column that goes', ['ALTER TABLE items DROP COLUMN note']],
    ['a column with another name', ['ALTER TABLE items RENAME COLUMN note TO remark']],
    ['a table with another name', ['ALTER TABLE items RENAME TO things']],
    ['values of a column of before', ['UPDATE items SET price = price * 100']],
    ['values of a column of before, among others', [COLUMN, "UPDATE items SET note = 'x', price = 100 WHERE id = 'y'"]],
    ['rows of a table of before', ["INSERT INTO items (id) VALUES ('x')"]],
    ['a unique index', ['CREATE UNIQUE INDEX u ON items (tenant, name)']],
    ['a unique index of a column with a default', [WITH_DEFAULT, 'CREATE UNIQUE INDEX u ON items (tenant, stock)']],
    ['a unique index of another table’s column', [COLUMN, 'CREATE UNIQUE INDEX u ON parts (tenant, note)']],
    ['a check', ['ALTER TABLE items ADD share real CHECK (share < price)']],
    ['an index that goes', ['DROP INDEX items_by_price']],
    ['a trigger', ['CREATE TRIGGER t AFTER INSERT ON items BEGIN SELECT 1; END']],
    ['a view', ['CREATE VIEW v AS SELECT 1']],
    ['a table of a query', ['CREATE TABLE copies AS SELECT * FROM items']],
    ['a virtual table', ['CREATE VIRTUAL TABLE v USING fts5(a)']],
    ['several statements in one', [`${COLUMN} DROP TABLE items;`]],
    ['what is not understood', ['REINDEX items', COLUMN]],
  ])('does more than add: %s', (_, statements) => {
    expect(isAdditive(statements)).toBe(false);
  });
});
