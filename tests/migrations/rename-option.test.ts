import { expect, test } from 'vitest';
import { parseRename } from '../../scripts/migrations/change/rename-option.ts';
import { openDatabase } from '../../scripts/migrations/rehearsal/shard-database.ts';
import { readSchema } from '../../scripts/migrations/schema/database-schema.ts';

const schema = readSchema(openDatabase(['CREATE TABLE notes (a, "a=b", "c.d=e")', 'CREATE TABLE "x=y" (a)']));

test.each([
  ['notes=memos', 'notes', 'memos'],
  ['notes.a=z', 'notes.a', 'z'],
  ['notes.a=b=c', 'notes.a', 'b=c'],
  ['memos.c.d=e=f', 'memos.c.d=e', 'f'],
  ['x=y=z', 'x=y', 'z'],
  ['x=y.a=z', 'x=y.a', 'z'],
  ['none=a=b', 'none', 'a=b'],
  ['=a=b', '=a', 'b'],
])('--rename %s', (text, from, to) => {
  expect(parseRename(text, schema)).toEqual({ from, to });
});

test.each(['notes', 'notes=', '=memos', '='])('--rename %s is refused', (text) => {
  expect(() => parseRename(text, schema)).toThrow(
    `Expected --rename table.old=new, or old=new of a table, but got ${text}.`,
  );
});
