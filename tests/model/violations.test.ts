import { blob, integer, numeric, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dateTime, int64 } from '../../src/model/columns.ts';
import type { TableEntry } from '../../src/model/declaration.ts';
import { defineModel } from '../../src/model/define-model.ts';
import type { WireValue } from '../../src/model/types.ts';
import { columnViolation, RuleError, rowViolation } from '../../src/model/violations.ts';

const things = sqliteTable(
  'things',
  {
    owner: integer().notNull(),
    id: text().notNull(),
    name: text(),
    level: text({ enum: ['in progress', 'done'] }),
    data: text({ mode: 'json' }),
    rating: integer(),
    big: int64(),
    price: numeric(),
    picture: blob({ mode: 'buffer' }),
    at: dateTime(),
    readAt: integer({ mode: 'timestamp' }),
  },
  (t) => [primaryKey({ columns: [t.owner, t.id] })],
);

type Validate = NonNullable<TableEntry<typeof things>['validate']>;

const tableWith = (validate: Validate, globalIdField: 'id' | 'nodeId' = 'nodeId') =>
  defineModel({ Thing: { table: things, shardKey: 'owner', validate } }, undefined, { globalIdField }).table('Thing');

function violationOf(columns: NonNullable<Validate['columns']>, name: string, wire: WireValue) {
  const table = tableWith({ columns });
  return columnViolation(table, table.columnByName.get(name)!, wire);
}

const NULLS = { level: null, data: null, rating: null, big: null, price: null, picture: null, at: null, readAt: null };
const row = (values = {}) => ({ owner: 7, id: 'a', name: 'Ada', ...NULLS, ...values });

describe('rules by name', () => {
  it.each([
    [{ name: { minLength: 2 } }, 'name', 'ab', 'a', 'to have at least 2 characters, but got fewer'],
    [{ name: { minLength: 1 } }, 'name', '\u{1F600}', '', 'to have at least 1 character, but got fewer'],
    [{ name: { maxLength: 2 } }, 'name', '\u{1F600}\u{1F600}', 'abc', 'to have at most 2 characters, but got more'],
    [{ id: { pattern: /^[a-z]+$/ } }, 'id', 'ab', 'a1', 'to match /^[a-z]+$/, but got a text that does not'],
    [{ rating: { min: 1 } }, 'rating', 1, 0, 'to be at least 1, but got less'],
    [{ rating: { max: 5 } }, 'rating', 5, 6, 'to be at most 5, but got more'],
    [{ big: { min: 10 } }, 'big', '9007199254740993', '9', 'to be at least 10, but got less'],
    [{ price: { max: '0.30' } }, 'price', '0.3', '0.31', 'to be at most 0.3, but got more'],
    [
      { at: { min: '2000-01-01' } },
      'at',
      '2000-01-01T00:00:00.000Z',
      '1999-12-31T23:59:59.999Z',
      'to be at least 2000-01-01T00:00:00.000Z',
    ],
    [{ readAt: { max: new Date(5_000) } }, 'readAt', 5, 6, 'to be at most 1970-01-01T00:00:05.000Z'],
  ] as const)('%j', (columns, name, good, bad, message) => {
    expect(violationOf(columns, name, good)).toBeNull();
    const rule = Object.keys(Object.values(columns)[0]!)[0];
    expect(violationOf(columns, name, bad)).toMatchObject({
      rule,
      field: name,
      message: expect.stringContaining(`Thing.${name} ${message}`),
    });
  });

  it('let NULL pass, and columns without rules', () => {
    expect(violationOf({ name: { minLength: 2 } }, 'name', null)).toBeNull();
    expect(violationOf({ name: { minLength: 2 } }, 'id', '')).toBeNull();
  });

  it('show nothing of the value', () => {
    expect(violationOf({ name: { pattern: /^$/ } }, 'name', 'secret')!.message).not.toContain('secret');
  });
});

describe('functions and schemas', () => {
  it("get values as users' code sees them, and no NULL", () => {
    const seen: unknown[] = [];
    const see = (value: unknown) => void seen.push(value);
    const table = tableWith({
      columns: { owner: see, level: see, data: see, big: see, price: see, picture: see, readAt: see },
    });
    const wires = {
      owner: 7,
      level: 'in progress',
      data: '{"a":[1]}',
      big: '9',
      price: '1.5',
      picture: 'ff00',
      readAt: 5,
    };
    for (const [name, wire] of Object.entries(wires)) {
      columnViolation(table, table.columnByName.get(name)!, wire);
      columnViolation(table, table.columnByName.get(name)!, null);
    }
    expect(seen).toEqual([7, 'IN_PROGRESS', { a: [1] }, '9', '1.5', '/wA=', '1970-01-01T00:00:05.000Z']);
  });

  it.each([
    [true, null],
    [undefined, null],
    [null, null],
    [[], null],
    [false, 'that keeps the rule of the model, but got one that does not.'],
    ['must be round', 'but got one that does not: must be round.'],
    [[{ message: 'one' }, { message: 'two' }], 'but got one that does not: one; two.'],
  ])('a verdict of %j', (verdict, message) => {
    const violation = violationOf({ name: () => verdict as never }, 'name', 'a');
    if (message === null) expect(violation).toBeNull();
    else expect(violation).toMatchObject({ rule: 'custom', field: 'name', message: expect.stringContaining(message) });
  });

  it('tell few issues, and of each not all too much', () => {
    const issues = Array.from({ length: 8 }, () => ({ message: 'x'.repeat(400) }));
    const { message } = violationOf({ name: () => issues }, 'name', 'a')!;
    expect(message).toMatch(/; 3 more\.$/);
    expect(message.length).toBeLessThan(1_700);
  });

  it('tell where in the value they lie', () => {
    const issues = [
      { message: 'is missing', path: ['lines', 2, { key: 'price' }] },
      { message: 'is wrong', path: [] },
    ];
    expect(violationOf({ data: () => issues }, 'data', '{}')!.message).toMatch(
      /does not: lines\.2\.price: is missing; is wrong\.$/,
    );
  });

  const schema = (issues: unknown) => ({
    '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) } as never,
  });

  it('may be Standard Schemas, also callable ones', () => {
    expect(violationOf({ name: schema([{ message: 'no' }]) }, 'name', 'a')).toMatchObject({ rule: 'custom' });
    expect(violationOf({ name: schema(undefined) }, 'name', 'a')).toBeNull();
    const callable = Object.assign(() => 'called', schema([{ message: 'judged' }]));
    expect(violationOf({ name: callable as never }, 'name', 'a')!.message).toContain('judged');
  });

  it('that throw, or answer later, are mistakes of the model', () => {
    const broken = () => {
      throw new Error('SQLITE_BUSY');
    };
    expect(() => violationOf({ name: broken }, 'name', 'a')).toThrow(RuleError);
    expect(() => violationOf({ name: broken }, 'name', 'a')).not.toThrow(/SQLITE/);
    expect(() => violationOf({ name: (() => Promise.resolve(true)) as never }, 'name', 'a')).toThrow(/a promise/);
    const later = { '~standard': { version: 1, vendor: 'test', validate: async () => ({}) } as never };
    expect(() => violationOf({ name: later }, 'name', 'a')).toThrow(/a promise/);
    for (const verdict of [1, {}, ['text'], [null], [{ message: 5 }]]) {
      expect(() => violationOf({ name: () => verdict as never }, 'name', 'a')).toThrow(RuleError);
    }
  });
});

describe('schemas of libraries', () => {
  const settings = {
    zod: z.object({ theme: z.object({ dark: z.boolean() }), tags: z.array(z.string().min(2)) }),
    valibot: v.object({
      theme: v.object({ dark: v.boolean() }),
      tags: v.array(v.pipe(v.string(), v.minLength(2))),
    }),
  };

  it.each(Object.entries(settings))('%s tells all issues with their places', (_, data) => {
    expect(violationOf({ data }, 'data', '{"theme":{"dark":true},"tags":["ab"],"more":1}')).toBeNull();
    const violation = violationOf({ data }, 'data', '{"theme":{"dark":"no"},"tags":["ab","c"]}')!;
    expect(violation).toMatchObject({ rule: 'custom', field: 'data' });
    expect(violation.message).toMatch(/does not: theme\.dark: .+; tags\.1: .+\.$/);
  });

  it('may say it in any language', () => {
    const name = z.string().min(3, '名前は3文字以上で入力してください 😀');
    expect(violationOf({ name }, 'name', 'a')!.message).toContain('名前は3文字以上で入力してください 😀');
    const lang = v.pipe(v.string(), v.minLength(3, 'Mindestens drei Zeichen, bitte: „abc“'));
    expect(violationOf({ name: lang }, 'name', 'a')!.message).toContain('Mindestens drei Zeichen, bitte: „abc“');
  });

  it.each([
    ['zod', z.string().trim().min(2), z.string().transform(Number).pipe(z.number().min(2))],
    [
      'valibot',
      v.pipe(v.string(), v.trim(), v.minLength(2)),
      v.pipe(v.string(), v.transform(Number), v.number(), v.minValue(2)),
    ],
  ])('judge what their transforms give: %s', (_, text, number) => {
    expect(violationOf({ name: text }, 'name', '  ab  ')).toBeNull();
    expect(violationOf({ name: text }, 'name', '  a  ')).toMatchObject({ rule: 'custom' });
    expect(violationOf({ name: number }, 'name', '2')).toBeNull();
    expect(violationOf({ name: number }, 'name', '1')).toMatchObject({ rule: 'custom' });
  });

  it('that are asynchronous, or throw, are mistakes of the model, and leave no promise behind that fails', async () => {
    const asks = z.string().refine(async () => true);
    const throws = z.string().refine(() => {
      throw new Error('SQLITE_BUSY');
    });
    const throwsToo = v.pipe(
      v.string(),
      v.check(() => {
        throw new Error('SQLITE_BUSY');
      }),
    );
    for (const name of [asks, throws, throwsToo]) {
      expect(() => violationOf({ name }, 'name', 'a')).toThrow(RuleError);
      expect(() => violationOf({ name }, 'name', 'a')).not.toThrow(/SQLITE/);
    }
    // A rejection that nobody handles would fail the run.
    await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it('judge rows, of which they name some columns', () => {
    const table = tableWith({
      row: z
        .object({ name: z.string().nullable(), rating: z.number().nullable() })
        .refine(({ name, rating }) => name !== null || rating === null, {
          message: 'nothing to rate',
          path: ['rating'],
        }),
    });
    expect(rowViolation(table, row({ rating: 3 }))).toBeNull();
    expect(rowViolation(table, row({ name: null, rating: 3 }))).toMatchObject({
      field: 'rating',
      message: expect.stringMatching(/does not: rating: nothing to rate\.$/),
    });
    const entries = v.object({ rating: v.nullable(v.pipe(v.number(), v.maxValue(5))) });
    expect(rowViolation(tableWith({ row: entries }), row({ rating: 6 }))).toMatchObject({ field: 'rating' });
  });
});

describe('rules on rows', () => {
  it('see every column by its name in the model file', () => {
    let seen: object = {};
    const validate: Validate = {
      row: (row) => {
        seen = row;
      },
    };
    expect(rowViolation(tableWith(validate), row({ rating: 3 }))).toBeNull();
    expect(seen).toEqual(row({ rating: 3 }));
    const { id, ...others } = row();
    rowViolation(tableWith(validate, 'id'), { rowId: id, ...others });
    expect(seen).toEqual(row());
  });

  it('name a column where their issues do', () => {
    const at = (path: readonly unknown[] | undefined) =>
      rowViolation(tableWith({ row: () => [{ message: 'no', path: path as never }] }), row());
    expect(at(['rating'])).toMatchObject({ rule: 'custom', field: 'rating' });
    expect(at([{ key: 'rating' }, 0])).toMatchObject({ field: 'rating' });
    expect(at(['other'])).toMatchObject({ field: null });
    expect(at(undefined)).toMatchObject({
      field: null,
      message: 'Expected a Thing that keeps the rule of the model, but got one that does not: no.',
    });
  });
});
