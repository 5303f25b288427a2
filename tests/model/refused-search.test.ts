import { sql } from 'drizzle-orm';
import { integer, text } from 'drizzle-orm/sqlite-core';
import { dateTime } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { notes, testRefusedModels } from './refused-model.ts';

const columns = {
  title: text(),
  level: text({ enum: ['low', 'high'] }),
  settings: text({ mode: 'json' }),
  pages: integer(),
  at: dateTime(),
  upper: text().generatedAlwaysAs(sql`upper(title)`),
};

/** What the compiler would object to, as JavaScript can write it. */
const searching = (...search: readonly string[]) =>
  defineModel({ Note: { table: notes(columns), shardKey: 'owner', search: search as never } });

testRefusedModels('Models with unusable full-text columns', {
  'an empty search': {
    define: () => searching(),
    where: ['"notes"'],
    message: /1 to 24 columns in search, but got 0/,
  },
  'a search of very many columns': {
    define: () => {
      const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`c${index}`, text()]));
      const search = Object.keys(many) as never;
      return defineModel({ Note: { table: notes(many), shardKey: 'owner', search } });
    },
    where: ['"notes"'],
    message: /but got 25/,
  },
  'a column that does not exist': {
    define: () => searching('title', 'text'),
    where: ['"notes"', '"text"'],
    message: /no such column at "text"/,
  },
  'a column named twice': {
    define: () => searching('title', 'title'),
    where: ['"notes"', '"title"'],
    message: /it twice at "title"/,
  },
  'an enum': {
    define: () => searching('level'),
    where: ['"notes"', '"level"'],
    message: /an enum at "level"/,
  },
  'a JSON column': {
    define: () => searching('settings'),
    where: ['"notes"', '"settings"'],
    message: /JSON at "settings"/,
  },
  'a number': {
    define: () => searching('pages'),
    where: ['"notes"', '"pages"'],
    message: /Int at "pages"/,
  },
  'a moment': {
    define: () => searching('at'),
    where: ['"notes"', '"at"'],
    message: /DateTime at "at"/,
  },
  'a generated column': {
    define: () => searching('upper'),
    where: ['"notes"', '"upper"'],
    message: /a generated column at "upper"/,
  },
});
