/** Changes of a model that has rows, each through `db:generate`'s own planning and a shard's own migrator. */
import { type SQL, sql } from 'drizzle-orm';
import {
  blob,
  check,
  foreignKey,
  index,
  integer,
  numeric,
  primaryKey,
  real,
  type SQLiteColumn,
  type SQLiteColumnBuilderBase,
  type SQLiteTableExtraConfigValue,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Words } from '../../scripts/migrations/change/change.ts';
import { takeSnapshot } from '../../scripts/migrations/schema/snapshot.ts';
import { dateTime, int64 } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';
import type { Model } from '../../src/model/types.ts';
import { ModelHistory } from './model-history.ts';
import { type Cell, NodeShard } from './node-shard.ts';
import { versionBeforeSql } from './version-before.ts';

type Columns = Readonly<Record<string, SQLiteColumnBuilderBase>>;

interface Notes {
  readonly columns: Columns;
  readonly constraints?: (columns: Readonly<Record<string, SQLiteColumn>>) => readonly SQLiteTableExtraConfigValue[];
  readonly table?: string;
  readonly shardKey?: string;
}

/** Notes, and lines that are deleted with their note. */
function modelOf({ columns, constraints = () => [], table = 'notes', shardKey = 'owner' }: Notes): Model {
  const notes = sqliteTable(table, { owner: text().notNull(), id: text().notNull(), ...columns }, (t) => [
    primaryKey({ columns: [t.owner, t.id] }),
    ...constraints(t),
  ]);
  const lines = sqliteTable('lines', { owner: text().notNull(), id: text().notNull(), note: text() }, (t) => [
    primaryKey({ columns: [t.owner, t.id] }),
    foreignKey({ columns: [t.owner, t.note], foreignColumns: [notes.owner, notes.id] }).onDelete('cascade'),
  ]);
  return defineModel({
    Note: { table: notes, shardKey: shardKey as never },
    Line: { table: lines, shardKey: 'owner' },
  });
}

const renames = (...pairs: readonly string[]): Partial<Words> => ({
  renames: pairs.map((pair) => {
    const [from, to] = pair.split('=') as [string, string];
    return { from, to };
  }),
});

interface Case {
  readonly name: string;
  readonly before: Notes;
  readonly after: Notes;
  readonly words?: Partial<Words>;
  /** Column of the old table that is given values, one row each. */
  readonly given: Readonly<Record<string, readonly Cell[]>>;
  /** The same rows afterwards, by column. */
  readonly expected: Readonly<Record<string, readonly unknown[]>>;
}

/** Rows of notes with one line each, in a shard at the first model. */
async function shardWith(before: Model, history: ModelHistory, given: Case['given']): Promise<NodeShard> {
  await history.change(before);
  const shard = new NodeShard();
  await shard.migrate(before, history.bundle);
  const names = Object.keys(given);
  const count = given[names[0]!]!.length;
  for (let row = 0; row < count; row++) {
    const columns = ['owner', 'id', '_version', ...names].map((name) => `"${name}"`);
    const values = ["'o'", `'n${row}'`, `${100 + row}`, ...names.map(() => '?')];
    shard.run(`INSERT INTO notes (${columns}) VALUES (${values})`, ...names.map((name) => given[name]![row]!));
    shard.run(`INSERT INTO lines (owner, id, note) VALUES ('o', 'l${row}', 'n${row}')`);
  }
  return shard;
}

const CASES: readonly Case[] = [
  {
    name: 'a column renamed, its default changed',
    before: { columns: { a: text() } },
    after: { columns: { a: text('alpha').default('new') } },
    words: renames('notes.a=alpha'),
    given: { a: ['one', '', null] },
    expected: { alpha: ['one', '', null] },
  },
  {
    name: 'a renamed column that is NOT NULL',
    before: { columns: { a: text().notNull() } },
    after: { columns: { a: text('alpha').notNull() } },
    words: renames('notes.a=alpha'),
    given: { a: ['one', ''] },
    expected: { alpha: ['one', ''] },
  },
  {
    name: 'a renamed column that a check names',
    before: { columns: { a: text() }, constraints: () => [check('filled', sql`a <> ''`)] },
    after: { columns: { a: text('alpha') }, constraints: () => [check('filled', sql`alpha <> ''`)] },
    words: renames('notes.a=alpha'),
    given: { a: ['one', 'two'] },
    expected: { alpha: ['one', 'two'] },
  },
  {
    name: 'a renamed column of indexes, one with an expression and one partial, and of a generated column',
    before: {
      columns: { a: text(), size: integer().generatedAlwaysAs(sql`length(a)`) },
      constraints: (t) => [
        index('by_a').on(sql`coalesce(a, ',;')`, sql`a desc`),
        uniqueIndex('some_a').on(t.owner!, sql`a`).where(sql`a <> ';'`),
      ],
    },
    after: {
      columns: { a: text('alpha'), size: integer().generatedAlwaysAs(sql`length(alpha)`) },
      constraints: (t) => [
        index('by_a').on(sql`coalesce(alpha, ',;')`, sql`alpha desc`),
        uniqueIndex('some_a').on(t.owner!, sql`alpha`).where(sql`alpha <> ';'`),
      ],
    },
    words: renames('notes.a=alpha'),
    given: { a: ['one', 'three', null] },
    expected: { alpha: ['one', 'three', null], size: [3, 5, null] },
  },
  {
    name: 'two columns that swap their names',
    before: { columns: { a: text(), b: text() } },
    after: { columns: { first: text('b'), second: text('a') } },
    words: renames('notes.a=b', 'notes.b=a'),
    given: { a: ['one'], b: ['two'] },
    expected: { a: ['two'], b: ['one'] },
  },
  {
    name: 'a column that takes the name of one that is dropped',
    before: { columns: { a: text(), b: text() } },
    after: { columns: { a: text('b') } },
    words: { ...renames('notes.a=b'), drops: ['notes.b'] },
    given: { a: ['one'], b: ['two'] },
    expected: { b: ['one'] },
  },
  {
    name: 'a column of another case',
    before: { columns: { a: text() } },
    after: { columns: { a: text('A') } },
    given: { a: ['one'] },
    expected: { A: ['one'] },
  },
  {
    name: 'new columns with expressions as defaults, in parentheses or not',
    before: { columns: { a: text() } },
    after: {
      columns: {
        a: text(),
        at: integer({ mode: 'timestamp' }).notNull().default(sql`(unixepoch())`),
        bare: int64().default(sql`unixepoch()`),
        word: text().default(sql`upper('a') || ';'`),
        moment: text().default(sql`CURRENT_TIMESTAMP`),
      },
    },
    given: { a: ['one', null] },
    expected: {
      a: ['one', null],
      at: [expect.any(Number), expect.any(Number)],
      bare: [expect.any(Number), expect.any(Number)],
      word: ['A;', 'A;'],
      moment: [expect.stringMatching(/^\d{4}-/), expect.stringMatching(/^\d{4}-/)],
    },
  },
  {
    name: 'a new generated column, stored and virtual',
    before: { columns: { a: text() } },
    after: {
      columns: {
        a: text(),
        kept: integer().generatedAlwaysAs(sql`length(a)`, { mode: 'stored' }),
        seen: integer().generatedAlwaysAs(sql`length(a) + 1`, { mode: 'virtual' }),
      },
    },
    given: { a: ['one', null] },
    expected: { a: ['one', null], kept: [3, null], seen: [4, null] },
  },
  {
    name: 'a generated column made plain',
    before: { columns: { a: text(), size: integer().generatedAlwaysAs(sql`length(a)`) } },
    after: { columns: { a: text(), size: integer() } },
    given: { a: ['one', null] },
    expected: { a: ['one', null], size: [3, null] },
  },
  {
    name: 'a nullable column made NOT NULL, which has a default',
    before: { columns: { a: text(), at: integer() } },
    after: { columns: { a: text().notNull().default('none'), at: integer().notNull().default(sql`(1 + 1)`) } },
    given: { a: ['one', null], at: [5, null] },
    expected: { a: ['one', 'none'], at: [5, 2] },
  },
  {
    name: 'a table and a column renamed at once, while lines refer to it',
    before: { columns: { a: text() } },
    after: { columns: { a: text('alpha').default('new') }, table: 'memos' },
    words: renames('notes=memos', 'memos.a=alpha'),
    given: { a: ['one', null] },
    expected: { alpha: ['one', null] },
  },
  {
    name: 'integers that become text, and text that becomes integers',
    before: { columns: { a: integer(), b: text() } },
    after: { columns: { a: text(), b: integer() } },
    given: { a: [5, -1], b: ['12', '-7'] },
    expected: { a: ['5', '-1'], b: [12, -7] },
  },
  {
    name: 'booleans that become JSON, and JSON that becomes booleans',
    before: { columns: { a: integer({ mode: 'boolean' }), b: text({ mode: 'json' }) } },
    after: { columns: { a: text({ mode: 'json' }), b: integer({ mode: 'boolean' }) } },
    given: { a: [1, 0, null], b: ['true', 'false', null] },
    expected: { a: ['true', 'false', null], b: [1, 0, null] },
  },
  {
    name: 'moments of one unit that get another',
    before: {
      columns: {
        a: integer({ mode: 'timestamp' }),
        b: integer({ mode: 'timestamp_ms' }),
        c: dateTime(),
        d: integer({ mode: 'timestamp' }),
      },
    },
    after: {
      columns: {
        a: integer({ mode: 'timestamp_ms' }),
        b: integer({ mode: 'timestamp' }),
        c: integer({ mode: 'timestamp_ms' }),
        d: dateTime(),
      },
    },
    given: { a: [1_700_000_000], b: [-1000], c: ['1969-12-31T23:59:59.999Z'], d: [0] },
    expected: { a: [1_700_000_000_000], b: [-1], c: [-1], d: ['1970-01-01T00:00:00.000Z'] },
  },
  {
    name: 'a column beside one that is computed of some values only',
    before: { columns: { a: text(), part: text().generatedAlwaysAs(sql`json_extract(a, '$.b')`) } },
    after: { columns: { a: text('alpha'), part: text().generatedAlwaysAs(sql`json_extract(alpha, '$.b')`) } },
    words: renames('notes.a=alpha'),
    given: { a: ['{"b":"one"}', null] },
    expected: { alpha: ['{"b":"one"}', null], part: ['one', null] },
  },
  {
    name: 'a new column that is computed of some values only',
    before: { columns: { a: text() } },
    after: { columns: { a: text(), part: text().generatedAlwaysAs(sql`json_extract(a, '$.b')`) } },
    given: { a: ['{"b":"one"}', null] },
    expected: { part: ['one', null] },
  },
  {
    name: 'numbers of other kinds',
    before: { columns: { a: real(), b: text(), c: numeric(), d: blob({ mode: 'bigint' }) } },
    after: { columns: { a: integer(), b: real(), c: text(), d: int64() } },
    given: { a: [5, null], b: ['-0.50', null], c: [1.5, null], d: [Buffer.from('123'), null] },
    expected: { a: [5, null], b: [-0.5, null], c: ['1.5', null], d: [123, null] },
  },
];

beforeAll(async () => {
  // drizzle-kit takes a second to load.
  await takeSnapshot({}, null);
});

describe('A migration keeps every value and child row, and tells the row versions of before', () => {
  test.each(CASES)('of $name', async ({ before, after, words, given, expected }) => {
    const history = new ModelHistory();
    const shard = await shardWith(modelOf(before), history, given);
    const lines = shard.rows('SELECT * FROM lines ORDER BY id');
    const model = modelOf(after);
    await history.change(model, words);
    await shard.migrate(model, history.bundle);
    const table = after.table ?? 'notes';
    for (const [column, values] of Object.entries(expected)) {
      expect(shard.rows(`SELECT "${column}" FROM ${table} ORDER BY id`).flat(), column).toEqual(values);
    }
    const versionBefore = versionBeforeSql(table, ['owner', 'id']);
    const versions = shard.rows(`SELECT ${versionBefore} FROM ${table} AS r ORDER BY id`).flat();
    expect(versions).toEqual(versions.map((_, row) => 100 + row));
    expect(shard.rows('SELECT * FROM lines ORDER BY id')).toEqual(lines);
    expect(shard.rows('PRAGMA foreign_keys').flat()).toEqual([1]);
    shard.run(`DELETE FROM ${table}`);
    expect(shard.rows('SELECT count(*) FROM lines').flat(), 'lines go with their notes').toEqual([0]);
    expect(await history.change(modelOf(after)), 'the next run').toBeNull();
  });
});

describe('A migration', () => {
  const changed = async (before: Notes, after: Notes, words?: Partial<Words>) => {
    const history = new ModelHistory();
    await history.change(modelOf(before));
    return { next: await history.change(modelOf(after), words), history };
  };

  test('changes in place what SQLite can change in place', async () => {
    const { next } = await changed(
      { columns: { a: text(), b: text(), gone: text() } },
      {
        columns: {
          a: text('alpha'),
          b: text(),
          added: integer().notNull().default(-1),
          seen: integer().generatedAlwaysAs(sql`length(b)`),
        },
        constraints: () => [index('by_b').on(sql`b desc`)],
      },
      { ...renames('notes.a=alpha'), drops: ['notes.gone'] },
    );
    expect(next!.statements).toEqual([
      'ALTER TABLE `notes` RENAME COLUMN `a` TO `alpha`;',
      'ALTER TABLE `notes` DROP COLUMN `gone`;',
      'ALTER TABLE `notes` ADD COLUMN `added` integer DEFAULT -1 NOT NULL;',
      'ALTER TABLE `notes` ADD COLUMN `seen` integer GENERATED ALWAYS AS (length(b)) VIRTUAL;',
      'CREATE INDEX `by_b` ON `notes` (b desc);',
    ]);
  });

  test('tells its renames by the names after it, and what it drops', async () => {
    const { next } = await changed(
      { columns: { a: text(), b: text() } },
      { columns: { a: text('alpha') }, table: 'memos' },
      { ...renames('notes=memos', 'notes.a=alpha'), drops: ['notes.b'] },
    );
    expect(next).toMatchObject({
      renames: [
        { table: 'notes', to: 'memos' },
        { table: 'memos', column: 'a', to: 'alpha' },
      ],
      drops: ['notes.b'],
    });
  });

  test.each<readonly [string, SQLiteColumnBuilderBase, SQLiteColumnBuilderBase, boolean]>([
    ['an enum value removed', text({ enum: ['x', 'y'] }), text({ enum: ['x'] }), true],
    ['an enum value added', text({ enum: ['x'] }), text({ enum: ['x', 'y'] }), false],
    ['an enum made of text', text(), text({ enum: ['x'] }), true],
    ['text made of an enum', text({ enum: ['x'] }), text(), false],
    ['moments made of text', text(), dateTime(), true],
    ['booleans made of integers', integer(), integer({ mode: 'boolean' }), true],
    ['integers made of booleans', integer({ mode: 'boolean' }), integer(), false],
    ['32 bits made of 64', int64(), integer(), true],
    ['64 bits made of 32', integer(), int64(), false],
    ['JSON made of text', text(), text({ mode: 'json' }), true],
    [
      'computed booleans made of integers',
      integer().generatedAlwaysAs(sql`length(id)`),
      integer({ mode: 'boolean' }).generatedAlwaysAs(sql`length(id)`),
      true,
    ],
    [
      'a computed enum with one value more',
      text({ enum: ['x'] }).generatedAlwaysAs(sql`'x'`),
      text({ enum: ['x', 'y'] }).generatedAlwaysAs(sql`'x'`),
      false,
    ],
  ])('needs no statement, and checks values if some may not fit: %s', async (_, before, after, isChecked) => {
    const { next, history } = await changed({ columns: { a: before } }, { columns: { a: after } });
    if (isChecked) expect(next).toMatchObject({ statements: [], checks: [{ table: 'notes', column: 'a' }] });
    else expect(next).toBeNull();
    expect(history.bundle.migrations).toHaveLength(isChecked ? 2 : 1);
  });

  test.each<readonly [string, SQLiteColumnBuilderBase, SQLiteColumnBuilderBase, Cell]>([
    ['an enum', text({ enum: ['x', 'y'] }), text({ enum: ['x'] }), 'y'],
    ['a boolean', integer(), integer({ mode: 'boolean' }), 5],
    ['a moment', text(), dateTime(), 'soon'],
    ['an integer, which SQLite would make 7', text(), integer(), '007'],
    ['an integer, though a fraction', real(), integer(), 1.5],
    ['whole seconds', integer({ mode: 'timestamp_ms' }), integer({ mode: 'timestamp' }), 1001],
    ['a number', text(), real(), '1e3'],
    ['32 bits, computed by a default', text(), integer().notNull().default(sql`(unixepoch() * 1000)`), 'one'],
  ])('is refused by a shard with a value that is not %s', async (_, before, after, value) => {
    const isNew = value === 'one';
    const history = new ModelHistory();
    const shard = await shardWith(modelOf({ columns: { a: before } }), history, { a: [value] });
    const model = modelOf({ columns: isNew ? { a: before, b: after } : { a: after } });
    await history.change(model);
    const problems = await shard.check(model, history.bundle);
    expect(problems).toMatchObject([{ kind: 'VALUE', table: 'notes', rows: 1 }]);
    expect(shard.rows('SELECT a FROM notes').flat()).toEqual([value]);
    if (!isNew) expect(problems[0]!.message).toContain(String(value));
  });

  test.each<readonly [string, SQLiteColumnBuilderBase, SQLiteColumnBuilderBase, SQLiteColumnBuilderBase, Cell]>([
    ['is stored otherwise', text().generatedAlwaysAs(sql`a`), integer(), blob({ mode: 'bigint' }), 5],
    ['is filled', integer().generatedAlwaysAs(sql`a`), text(), text().notNull().default('none'), null],
  ])('is refused by a shard where SQLite computes what does not fit from a column that %s', async (...given) => {
    const [, computed, before, after, value] = given;
    const history = new ModelHistory();
    const shard = await shardWith(modelOf({ columns: { a: before, b: computed } }), history, { a: [value] });
    const model = modelOf({ columns: { a: after, b: computed } });
    await history.change(model);
    expect(await shard.check(model, history.bundle)).toMatchObject([{ kind: 'VALUE', constraint: 'b', rows: 1 }]);
  });

  test.each<readonly [string, Notes, RegExp]>([
    ['NOT NULL', { columns: { a: text().notNull() } }, /NOT NULL constraint failed: .*a/],
    ['a check', { columns: { a: text() }, constraints: () => [check('short', sql`length(a) < 3`)] }, /CHECK .*short/],
    [
      'a unique key',
      { columns: { a: text() }, constraints: (t) => [uniqueIndex('one').on(t.owner!, sql`a`)] },
      /UNIQUE constraint failed/,
    ],
  ])('says that rows may stop it: %s', async (_, after, reason) => {
    const { next } = await changed({ columns: { a: text() } }, after);
    expect(next!.refusals).toEqual([expect.stringMatching(reason)]);
  });
});

describe('db:generate refuses', () => {
  const refusal = async (before: Notes, after: Notes, words?: Partial<Words>): Promise<string> => {
    const history = new ModelHistory();
    await history.change(modelOf(before));
    return history.change(modelOf(after), words).then(
      () => 'it did not refuse',
      (error: Error) => error.message,
    );
  };
  const a: Notes = { columns: { a: text() } };
  const shout = (expression: SQL) => text().generatedAlwaysAs(expression);

  test.each<readonly [string, Notes, Notes, RegExp, Partial<Words>]>([
    ['a column that is gone', a, { columns: {} }, /column "a" of table "notes": --drop notes\.a\n/, {}],
    [
      'a column that may be renamed',
      a,
      { columns: { b: text(), c: text() } },
      /--drop notes\.a {2}or {2}--rename notes\.a=b {2}or {2}--rename notes\.a=c\n/,
      {},
    ],
    [
      'a table that is gone',
      a,
      { ...a, table: 'memos' },
      /table "notes": --drop notes {2}or {2}--rename notes=memos/,
      {},
    ],
    [
      'values that would be computed',
      a,
      { columns: { a: shout(sql`id`) } },
      /"a" .* is computed now: --drop notes\.a/,
      {},
    ],
    [
      'a generated column that may be kept under another name',
      { columns: { a: shout(sql`id`) } },
      { columns: { b: text() } },
      /--rename notes\.a=b/,
      {},
    ],
    [
      'a new NOT NULL column without a default',
      a,
      { columns: { ...a.columns, b: text().notNull() } },
      /"b" of table "notes".*NOT NULL without a default/,
      {},
    ],
    ['bytes that would be text', { columns: { a: blob() } }, a, /bytes that would be text.*--drop notes\.a/, {}],
    [
      'an unknown name',
      a,
      { columns: { b: text() } },
      /a column of "notes".*"owner", "id", "a".* got notes\.x=b/,
      renames('notes.x=b'),
    ],
    [
      'an unknown new name',
      a,
      { columns: { b: text() } },
      /a column of "notes", which has .*"b".* got notes\.a=x/,
      renames('notes.a=x'),
    ],
    [
      'two words on one column',
      a,
      { columns: { b: text() } },
      /one word on "notes\.a"/,
      { ...renames('notes.a=b'), drops: ['notes.a'] },
    ],
    [
      'one name for two columns',
      { columns: { a: text(), b: text() } },
      { columns: { c: text() } },
      /one new name each/,
      renames('notes.a=c', 'notes.b=c'),
    ],
    [
      'a name that another column has',
      { columns: { a: text(), b: text() } },
      { columns: { b: text() } },
      /column "b" of table "notes": --drop notes\.b/,
      renames('notes.a=b'),
    ],
  ])('%s', async (_, before, after, message, words) => {
    expect(await refusal(before, after, words)).toMatch(message);
  });

  test('more conversions at once than a statement can hold, and says so', async () => {
    const columnsOf = (column: () => SQLiteColumnBuilderBase): Columns =>
      Object.fromEntries(Array.from({ length: 96 }, (_, at) => [`c${at}`.padEnd(40, 'x'), column()]));
    const history = new ModelHistory();
    await history.change(modelOf({ columns: columnsOf(text) }));
    const change = history.change(modelOf({ columns: columnsOf(real) }));
    await expect(change).rejects.toThrow(
      /at most 100,000 bytes, but got one of 1\d\d,\d\d\d: INSERT INTO `__new_notes`/,
    );
  });

  test('another shard key, and one of another type, and says how to move the rows', async () => {
    const keyed = (shardKey: 'a' | 'b', type: () => SQLiteColumnBuilderBase) => {
      const columns = { a: type() as ReturnType<typeof text>, b: text().notNull() };
      const table = sqliteTable('notes', columns, (t) => [primaryKey({ columns: [t.a, t.b] })]);
      return defineModel({ Note: { table, shardKey } });
    };
    const history = new ModelHistory();
    await history.change(keyed('a', () => text().notNull()));
    await expect(history.change(keyed('b', () => text().notNull()))).rejects.toThrow(
      /table "notes" to keep its shard key.*"b" instead of "a".*export.*--drop notes.*import/s,
    );
    const integers = keyed('a', () => integer().notNull() as never);
    await expect(history.change(integers)).rejects.toThrow(/shard key.*text that would be int53/s);
    const anew = await history.change(integers, { drops: ['notes'] });
    expect(anew!.statements.filter((statement) => /^(DROP|CREATE) TABLE/.test(statement))).toHaveLength(2);
  });
});

describe('The rehearsal has rows', () => {
  const rehearsed = async (constraint: SQL): Promise<readonly string[]> => {
    const before: Notes = { columns: { a: text().notNull() }, constraints: () => [check('form', constraint)] };
    const history = new ModelHistory();
    await history.change(modelOf(before));
    return (await history.change(modelOf({ ...before, columns: { a: text().notNull().default('x') } })))!.unfilled;
  };

  test.each([
    sql`a LIKE '%_@_%._%'`,
    sql`length(a) = 26`,
    sql`length(a) BETWEEN 40 AND 41`,
    sql`a GLOB '[A-F][0-9]*'`,
    sql`a IN ('one', 'two')`,
    sql`json_valid(a)`,
    sql`a <> '' AND a NOT LIKE ' %'`,
    sql`a = lower(a)`,
  ])('of tables whatever their checks: %#', async (constraint) => {
    expect(await rehearsed(constraint)).toEqual([]);
  });

  test.each(['albums first', 'photos first'])(
    'of tables that refer to each other, one of which must: %s',
    async (order) => {
      const modelWith = (title: SQLiteColumnBuilderBase): Model => {
        const key = { owner: text().notNull(), id: text().notNull() };
        const keyOfPhotos = (): [SQLiteColumn, SQLiteColumn] => [photos.owner, photos.id];
        const albums = sqliteTable(
          'albums',
          { ...key, cover: text(), title: title as ReturnType<typeof text> },
          (t) => [
            primaryKey({ columns: [t.owner, t.id] }),
            foreignKey({ columns: [t.owner, t.cover], foreignColumns: keyOfPhotos() }),
          ],
        );
        const photos = sqliteTable('photos', { ...key, cover: text().notNull(), title: text() }, (t) => [
          primaryKey({ columns: [t.owner, t.id] }),
          foreignKey({ columns: [t.owner, t.cover], foreignColumns: [albums.owner, albums.id] }),
        ]);
        const Album = { table: albums, shardKey: 'owner' } as const;
        const Photo = { table: photos, shardKey: 'owner' } as const;
        return order === 'albums first' ? defineModel({ Album, Photo }) : defineModel({ Photo, Album });
      };
      const history = new ModelHistory();
      await history.change(modelWith(text()));
      expect((await history.change(modelWith(text().default('x'))))!.unfilled).toEqual([]);
    },
  );

  test('or says that it has none', async () => {
    expect(await rehearsed(sql`a = upper('not ' || 'found')`)).toEqual(['notes']);
  });
});

test('A wider primary key and a new foreign key keep rows, and refuse those that refer to none', async () => {
  const parts = (columns: Columns, keys: readonly string[], refers: boolean): Model => {
    const owners = sqliteTable('owners', { owner: text().notNull(), id: text().notNull() }, (t) => [
      primaryKey({ columns: [t.owner, t.id] }),
    ]);
    const all = { owner: text().notNull(), id: text().notNull(), of: text(), ...columns };
    const table = sqliteTable('parts', all, (built) => {
      const t = built as unknown as Readonly<Record<string, SQLiteColumn>>;
      const key = foreignKey({ columns: [t.owner!, t.of!], foreignColumns: [owners.owner, owners.id] });
      return [primaryKey({ columns: keys.map((name) => t[name]!) as [SQLiteColumn] }), ...(refers ? [key] : [])];
    });
    return defineModel({ Owner: { table: owners, shardKey: 'owner' }, Part: { table, shardKey: 'owner' } });
  };
  const history = new ModelHistory();
  const before = parts({}, ['owner', 'id'], false);
  await history.change(before);
  const shard = new NodeShard();
  await shard.migrate(before, history.bundle);
  shard.run("INSERT INTO owners (owner, id) VALUES ('o', 'a')");
  shard.run("INSERT INTO parts (owner, id, of) VALUES ('o', 'p', 'a'), ('o', 'q', 'nobody')");
  const after = parts({ part: integer().notNull().default(1) }, ['owner', 'id', 'part'], true);
  await history.change(after);
  expect(await shard.check(after, history.bundle)).toMatchObject([{ kind: 'FOREIGN_KEY', rows: 1 }]);
  shard.run("DELETE FROM parts WHERE id = 'q'");
  await shard.migrate(after, history.bundle);
  expect(shard.rows('SELECT owner, id, part, of FROM parts')).toEqual([['o', 'p', 1, 'a']]);
  shard.run("INSERT INTO parts (owner, id, part) VALUES ('o', 'p', 2)");
});

test('A folder from before facts were kept is migrated by SQL types', async () => {
  const history = new ModelHistory();
  const shard = await shardWith(modelOf({ columns: { a: text({ enum: ['x'] }), b: integer() } }), history, {
    a: ['x'],
    b: [5],
  });
  history.forgetFacts();
  const model = modelOf({ columns: { a: text('alpha'), b: text() } });
  await history.change(model, renames('notes.a=alpha'));
  await shard.migrate(model, history.bundle);
  expect(shard.rows('SELECT alpha, b FROM notes')).toEqual([['x', '5']]);
});

describe('An edited migration', () => {
  const before: Notes = { columns: { a: text() } };
  const after: Notes = { columns: { a: text().notNull() } };
  const ofNull = async () => {
    const history = new ModelHistory();
    const shard = await shardWith(modelOf(before), history, { a: [null, 'kept'] });
    await history.change(modelOf(after));
    return { history, shard, model: modelOf(after) };
  };

  test('may mend rows on the way, and ends in the same schema for the shards', async () => {
    const { history, shard, model } = await ofNull();
    const [planned] = history.bundle.migrations.slice(-1);
    expect(await shard.check(model, history.bundle)).toMatchObject([{ kind: 'NOT_NULL', rows: 1 }]);
    const notes = history.edit(([first, ...others]) => [
      first!,
      "UPDATE notes SET a = 'mended' WHERE a IS NULL;",
      ...others,
    ]);
    expect(notes).toEqual([]);
    expect(history.bundle.migrations.at(-1)).toMatchObject({ schemaHash: planned!.schemaHash });
    expect(history.bundle.migrations.at(-1)!.hash).not.toBe(planned!.hash);
    await shard.migrate(model, history.bundle);
    expect(shard.rows('SELECT a FROM notes ORDER BY id').flat()).toEqual(['mended', 'kept']);
    expect(
      history.edit((statements) => statements),
      'it is rehearsed once',
    ).toEqual([]);
  });

  test('is told what it does to rows that the model keeps', async () => {
    const { history } = await ofNull();
    const notes = history.edit((statements) => [
      "DELETE FROM lines WHERE note IN (SELECT id FROM notes WHERE a = '');",
      "DELETE FROM notes WHERE a = '';",
      ...statements,
    ]);
    expect(notes).toEqual([
      expect.stringMatching(/^0001_change as it was edited: table "notes" loses \d+ of \d+ rows\.$/),
      expect.stringMatching(/table "lines" loses/),
      expect.stringMatching(/If lines is large, shards stand still/),
      expect.stringMatching(/If notes is large, shards stand still/),
    ]);
  });

  test.each<readonly [string, (statements: readonly string[]) => readonly string[], RegExp]>([
    [
      'ends in other tables',
      () => [],
      /0001_change\.sql, which was edited.*column "a" .* is "text" instead of "text not null"/,
    ],
    [
      'cannot run',
      (statements) => ['nonsense;', ...statements],
      /0001_change\.sql, which was edited.*it fails: .*syntax error/,
    ],
  ])('is refused if it %s', async (_, change, message) => {
    const { history } = await ofNull();
    expect(() => history.edit(change)).toThrow(message);
  });
});

describe('The way back from the last migration', () => {
  const before: Notes = { columns: { a: text(), gone: integer().default(7), at: integer({ mode: 'timestamp' }) } };
  const after: Notes = {
    columns: { a: text('alpha').default('x'), added: text(), at: integer({ mode: 'timestamp_ms' }) },
    table: 'memos',
  };
  const words = { ...renames('notes=memos', 'notes.a=alpha'), drops: ['notes.gone'] };
  const forth = async () => {
    const history = new ModelHistory();
    const given = { a: ['one', null], gone: [1, 2], at: [5, null] };
    const [moved, stayed] = [
      await shardWith(modelOf(before), history, given),
      await shardWith(modelOf(before), new ModelHistory(), given),
    ];
    await history.change(modelOf(after), words);
    return { history, moved, stayed };
  };

  test('gives names and values back, in shards that went and in shards that did not', async () => {
    const { history, moved, stayed } = await forth();
    await moved.migrate(modelOf(after), history.bundle);
    const next = await history.revert(modelOf(before), '0001_change');
    expect(next.drops).toEqual(['memos.added']);
    expect(history.bundle.migrations.map(({ reverts }) => reverts)).toEqual([null, null, '0001_change']);
    const [first, , last] = history.bundle.migrations;
    expect(last!.schemaHash).toBe(first!.schemaHash);
    for (const shard of [moved, stayed]) await shard.migrate(modelOf(before), history.bundle);
    const all = 'SELECT a, gone, at FROM notes ORDER BY id';
    expect(moved.rows(all)).toEqual([
      ['one', 7, 5],
      [null, 7, null],
    ]);
    expect(stayed.rows(all)).toEqual([
      ['one', 1, 5],
      [null, 2, null],
    ]);
    const versions = 'SELECT _version FROM notes ORDER BY id';
    expect(stayed.rows(versions)).toEqual([[100], [101]]);
    // What the two did to values that the one dropped is a change.
    for (const [version] of moved.rows(versions)) expect(version).toBeGreaterThan(101);
  });

  test('is refused where there is none', async () => {
    const { history } = await forth();
    const refusal = (model: Notes, tag: string, said?: Words) =>
      history.revert(modelOf(model), tag, said).then(
        () => 'it was not refused',
        (error: Error) => error.message,
      );
    expect(await refusal(before, '0000_change')).toMatch(/the last migration, 0001_change, but got 0000_change/);
    expect(await refusal(after, '0001_change')).toMatch(/as it was before 0001_change, but table "notes" is missing/);
    expect(await refusal(before, '0001_change', { renames: [], drops: ['x'] })).toMatch(/without --rename and --drop/);
    await history.revert(modelOf(before), '0001_change');
    expect(await refusal(after, '0002_change')).toMatch(/does not itself take one back/);
    const first = new ModelHistory();
    await first.change(modelOf(before));
    await expect(first.revert(modelOf(before), '0000_change')).rejects.toThrow(/but got the first one/);
  });

  test.each<readonly [string, Notes, Notes, Partial<Words>]>([
    ['dropped what has no default', { columns: { a: text().notNull() } }, { columns: {} }, { drops: ['notes.a'] }],
    ['made bytes of text', { columns: { a: text() } }, { columns: { a: blob({ mode: 'buffer' }) } }, {}],
  ])('is refused for one that %s, with the way that remains', async (_what, before, after, words) => {
    const history = new ModelHistory();
    await history.change(modelOf(before));
    await history.change(modelOf(after), words);
    await expect(history.revert(modelOf(before), '0001_change')).rejects.toThrow(
      /but got 0001_change:\nExpected [\s\S]*goes without --revert: .* If 0001_change fails in some shards, edit it/,
    );
  });
});
