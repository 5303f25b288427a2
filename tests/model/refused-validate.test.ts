import { sql } from 'drizzle-orm';
import { blob, integer, text } from 'drizzle-orm/sqlite-core';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { dateTime } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { physicalHash } from '../../src/model/physical.ts';
import { notes, testRefusedModels } from './refused-model.ts';

const columns = {
  title: text(),
  level: text({ enum: ['low', 'high'] }),
  pages: integer(),
  picture: blob({ mode: 'buffer' }),
  at: dateTime(),
  deletedAt: dateTime('deleted_at'),
};

/** What the compiler would object to, as JavaScript can write it. */
const ruled = (rules: unknown) => withValidate({ columns: rules });
const withValidate = (validate: unknown) =>
  defineModel({
    Note: { table: notes(columns), shardKey: 'owner', softDelete: 'deletedAt' as never, validate: validate as never },
  });

testRefusedModels('Models with unsound rules', {
  'rules that are no object': {
    define: () => withValidate(true),
    where: ['"notes"'],
    message: /"validate" to be an object of rules, but got true/,
  },
  'a place for rules that is none': {
    define: () => withValidate({ rows: () => true }),
    where: ['"notes"', 'validate'],
    message: /the options columns, row, but got "rows"/,
  },
  'a rule for rows that judges nothing': {
    define: () => withValidate({ row: { minLength: 1 } }),
    where: ['"notes"', 'validate'],
    message: /"row" to be a function of the row, or a schema/,
  },
  'rules of a column that does not exist': {
    define: () => ruled({ name: { minLength: 1 } }),
    where: ['"notes"', '"name"'],
    message: /but got no such column/,
  },
  'rules of the column of soft deletes': {
    define: () => ruled({ deletedAt: { min: '2000-01-01' } }),
    where: ['"deleted_at"'],
    message: /columns that clients write/,
  },
  'a rule that does not exist': {
    define: () => ruled({ title: { length: 1 } }),
    where: ['"title"'],
    message: /the rules minLength, maxLength, pattern, but got "length"/,
  },
  'a rule of another type': {
    define: () => ruled({ pages: { minLength: 1 } }),
    where: ['"pages"'],
    message: /the rules min, max, but got "minLength"/,
  },
  'a rule by name of an enum': {
    define: () => ruled({ level: { pattern: /a/ } }),
    where: ['"level"'],
    message: /no rules by name for Enum, but got "pattern"/,
  },
  'a rule by name of bytes': {
    define: () => ruled({ picture: { maxLength: 1 } }),
    where: ['"picture"'],
    message: /no rules by name for Bytes/,
  },
  'rules in a list': {
    define: () => ruled({ title: [{ minLength: 1 }] }),
    where: ['"title"'],
    message: /rules, a function or a schema, but got a list/,
  },
  'a length that is none': {
    define: () => ruled({ title: { minLength: -1 } }),
    where: ['"title"'],
    message: /minLength to be a number of characters, but got -1/,
  },
  'lengths that no text has': {
    define: () => ruled({ title: { minLength: 9, maxLength: 3 } }),
    where: ['"title"'],
    message: /minLength of at most maxLength, but got 9 and 3/,
  },
  'a pattern that is a text': {
    define: () => ruled({ title: { pattern: '^a' } }),
    where: ['"title"'],
    message: /a regular expression as pattern, but got string/,
  },
  'a pattern that remembers where it was': {
    define: () => ruled({ title: { pattern: /a/gi } }),
    where: ['"title"'],
    message: /without the flags g and y, .* but got \/a\/gi/,
  },
  'bounds that no value keeps': {
    define: () => ruled({ at: { min: '2020-01-01', max: '2019-01-01' } }),
    where: ['"at"'],
    message: /min of at most max, but got 2020-01-01T00:00:00.000Z and 2019/,
  },
  'a bound that the column cannot hold': {
    define: () => ruled({ pages: { min: 0.5 } }),
    where: ['"pages"'],
    message: /values of the column: an integer .*, but got 0.5/,
  },
  'a bound that is null': {
    define: () => ruled({ pages: { min: null } }),
    where: ['"pages"'],
    message: /but got null/,
  },
  'a rule that answers later': {
    define: () => ruled({ title: async () => true }),
    where: ['"title"'],
    message: /answers at once, but got an async one/,
  },
  'a schema that answers later': {
    define: () =>
      ruled({
        title: v.pipeAsync(
          v.string(),
          v.checkAsync(async () => true),
        ),
      }),
    where: ['"title"'],
    message: /answers at once, but got an async one/,
  },
  'a rule for rows that answers later': {
    define: () => withValidate({ row: async () => true }),
    where: ['validate.row'],
    message: /answers at once, but got an async one/,
  },
});

const deletedBy = (softDelete: string, more = {}) =>
  defineModel({
    Note: { table: notes({ ...columns, ...more }), shardKey: 'owner', softDelete: softDelete as never },
  });

testRefusedModels('Models with unsound soft deletes', {
  'a name that is none': { define: () => deletedBy(''), where: ['"notes"'], message: /the name of a column/ },
  'a column that does not exist': {
    define: () => deletedBy('deleted_at'),
    where: ['"notes"'],
    message: /softDelete to name a column, but got "deleted_at"/,
  },
  'a column that holds no moments': { define: () => deletedBy('title'), where: ['"title"'], message: /but got String/ },
  'a column that is NOT NULL': {
    define: () => deletedBy('goneAt', { goneAt: dateTime('gone_at').notNull() }),
    where: ['"gone_at"'],
    message: /one that is NOT NULL/,
  },
  'a column with a default': {
    define: () => deletedBy('goneAt', { goneAt: dateTime('gone_at').$onUpdateFn(() => '') }),
    where: ['"gone_at"'],
    message: /one with a default/,
  },
  'a generated column': {
    define: () => deletedBy('goneAt', { goneAt: dateTime('gone_at').generatedAlwaysAs(sql`at`) }),
    where: ['"gone_at"'],
    message: /a generated column/,
  },
});

it('neither option takes a migration', () => {
  const plain = defineModel({ Note: { table: notes(columns), shardKey: 'owner' } });
  expect(physicalHash(ruled({ title: { minLength: 1 } }))).toBe(physicalHash(plain));
  expect(physicalHash(deletedBy('deletedAt'))).toBe(physicalHash(plain));
});
