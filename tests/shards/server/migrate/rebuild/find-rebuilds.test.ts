/** What a run of migrations may do to a table, so that it is done to a copy of it, in steps. */
import { describe, expect, it } from 'vitest';
import { beginCopy } from '../../../../../src/shards/server/migrate/rebuild/copying.ts';
import { findRebuilds } from '../../../../../src/shards/server/migrate/rebuild/find-rebuilds.ts';
import type { Rebuild } from '../../../../../src/shards/server/migrate/rebuild/rebuild.ts';
import { inNewShard } from '../../lab-shard.ts';
import { next, oldBundle, oldModel } from './rebuild-lab.ts';

/** The first one of the run whose copy can be begun; null: there is none. */
const found = (...statements: readonly string[]): Promise<Rebuild | null> =>
  inNewShard(oldModel, oldBundle, (shard) => {
    shard.sql.exec('ALTER TABLE items ADD COLUMN size integer AS (length(name))');
    const isEnforced = !statements.some((sql) => sql.startsWith('PRAGMA'));
    const rebuilds = findRebuilds(shard.session, [{ tag: 'next', statements, checks: [] } as never], isEnforced);
    return rebuilds.find((rebuild) => beginCopy(shard.session, oldModel, rebuild, true)) ?? null;
  });

const valueIn = (rebuild: Rebuild | null, column: string) => rebuild?.values[rebuild.columns.indexOf(column)];

describe('what is done to a copy', () => {
  it('are changes of rows by themselves: each column gets what the statements make of it', async () => {
    const rebuild = await found("UPDATE items SET note = 'x' || name, amount = 1 WHERE amount IS NULL;");
    expect(valueIn(rebuild, 'note')).toBe(`CASE WHEN ( amount IS NULL) THEN ('x' || name) ELSE "note" END`);
    expect(valueIn(rebuild, 'name')).toBe('"name"');
    expect([...rebuild!.parts]).toEqual([['next#0', 'all']]);
  });

  it.each([
    ['of all rows', ['UPDATE items SET note = name']],
    ['of a row with a generated column', ['UPDATE items SET amount = size']],
    [
      'by names with quotes, of whatever case',
      ['UPDATE `items` SET "NOTE" = "items"."name" WHERE [items].amount > 0;'],
    ],
    [
      'several, of columns that none of the others looks at',
      ['UPDATE items SET note = name', 'UPDATE items SET amount = 1'],
    ],
    [
      'of a column that is added',
      ['ALTER TABLE items ADD COLUMN more text', 'UPDATE items SET more = name WHERE more IS NULL'],
    ],
    [
      'of one that has a default',
      ["ALTER TABLE items ADD more text DEFAULT 'x' NOT NULL", "UPDATE items SET more = name WHERE more = 'x'"],
    ],
    ['that are random', ['UPDATE items SET note = hex(randomblob(8))']],
    ['columns that go', ['ALTER TABLE items DROP COLUMN note']],
    ['others than that, beside it', ['UPDATE items SET name = note', 'ALTER TABLE `items` DROP `note`']],
    ['indexes', ['CREATE INDEX more ON items (note) WHERE "items"."note" IS NOT NULL']],
    [
      'indexes in the place of others',
      ['DROP INDEX items_by_amount', 'CREATE UNIQUE INDEX items_by_amount ON items (name)'],
    ],
    [
      'beside tables that are made and refer to it',
      ['CREATE TABLE more (id text REFERENCES items (id))', 'UPDATE items SET note = name'],
    ],
    [
      'before it is rebuilt, of values that are copied as they are',
      [next.statements[0]!, "UPDATE items SET name = 'x'", ...next.statements.slice(1)],
    ],
    ['after it is rebuilt', [...next.statements, "UPDATE items SET note = 'x' WHERE name IS NULL"]],
  ])('%s', async (_, statements) => {
    expect(await found(...statements)).not.toBeNull();
  });

  it.each([
    ['that look at other rows', ['UPDATE items SET note = (SELECT max(id) FROM shops)']],
    ['that look at several rows', ['UPDATE items SET amount = count(*) OVER ()']],
    ['of keys', ["UPDATE items SET id = 'x' || id"]],
    ['of references', ['UPDATE items SET shop = NULL']],
    ['of versions', ['UPDATE items SET _version = 1']],
    ['that depend on the time', ['UPDATE items SET note = current_timestamp']],
    ['that depend on it by a function', ["UPDATE items SET amount = unixepoch('now')"]],
    ['that depend on it by default', ['UPDATE items SET amount = unixepoch( )']],
    [
      'of what an earlier one has changed',
      ["UPDATE items SET note = 'a'", "UPDATE items SET name = 'b' WHERE note = 'a'"],
    ],
    ['of what follows from that', ["UPDATE items SET name = 'a'", 'UPDATE items SET amount = size']],
    ['of what is converted', [...next.statements, 'UPDATE items SET note = amount']],
    [
      'that are converted afterwards',
      [next.statements[0]!, 'UPDATE items SET amount = 1', ...next.statements.slice(1)],
    ],
    ['of a column that is gone', ['ALTER TABLE items DROP COLUMN note', 'UPDATE items SET name = note']],
    ['of columns that others need', ['ALTER TABLE items DROP COLUMN shop']],
    ['that come in another way', ['INSERT INTO items (tenant, id) VALUES (1, 2)', 'UPDATE items SET note = name']],
    ['together with some that need foreign keys', ['UPDATE items SET note = name', "DELETE FROM shops WHERE id = 'x'"]],
    ['of a column that there is not', ['UPDATE items SET more = 1']],
    [
      'of a column with a default of another type',
      ['ALTER TABLE items ADD more text DEFAULT 1', "UPDATE items SET more = name WHERE more = '1'"],
    ],
    ['from other tables', ['UPDATE items SET note = shops.id FROM shops WHERE shops.id = items.shop']],
    ['by triggers', ['CREATE TRIGGER more AFTER UPDATE ON items BEGIN SELECT 1; END', 'UPDATE items SET note = name']],
    ['that add a column alone', ['ALTER TABLE items ADD COLUMN more text']],
    ['under rules of its own', ['CREATE INDEX more ON parts (item)', 'DROP TABLE shops']],
  ])('but no changes %s', async (_, statements) => {
    expect(await found(...statements)).toBeNull();
  });
});
