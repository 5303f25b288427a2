/** What does not compile is refused at the start too, in words: models are started without being compiled first. */
import {
  foreignKey,
  index,
  primaryKey,
  type SQLiteTable,
  sqliteTable,
  sqliteView,
  text,
  unique,
} from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import { ModelError } from '../../src/model/model-error.ts';

const table = sqliteTable('notes', { owner: text().notNull(), id: text().notNull(), title: text() }, (t) => [
  primaryKey({ columns: [t.owner, t.id] }),
]);

// biome-ignore lint/suspicious/noExplicitAny: what the compiler refuses is what is tried here.
type Anything = any;
const define = defineModel as (entries: Anything, relations?: Anything, options?: Anything) => unknown;
const entry = (options: object = {}) => ({ Note: { table, shardKey: 'owner', ...options } });
const related = (relation: (many: Anything, one: Anything) => unknown) => () =>
  define(entry(), ({ one, many }: Anything) => ({ Note: { more: relation(many, one) } }));
const constrained = (constraint: (t: Anything) => Anything) => () =>
  define({
    Note: {
      table: sqliteTable('notes', { owner: text().primaryKey() }, (t) => [constraint(t)]) as SQLiteTable,
      shardKey: 'owner',
    },
  });

const REFUSED: Readonly<Record<string, readonly [define: () => unknown, text: RegExp]>> = {
  'no entry': [() => define({}), /The model: Expected an entry for each table, by type, but got an empty object/],
  'no entries': [() => define(undefined), /The model: .* but got undefined/],
  'an entry without a table': [() => define({ Note: { shardKey: 'owner' } }), /Note: Expected an entry with a table .*, but got undefined as table\. Write Note: \{ table, shardKey \}/],
  'a table as entry': [() => define({ Note: table }), /Note: .* but got a table\. Write Note: \{ table, shardKey \}/],
  'a name as table': [() => define(entry({ table: 'notes' })), /but got "notes" as table/],
  'a view as table': [() => define(entry({ table: sqliteView('v').as((qb) => qb.select().from(table)) })), /Note: Expected an entry with a table/],
  'nothing as entry': [() => define({ Note: null }), /Note: .* but got null/],
  'a column as shard key': [() => define(entry({ shardKey: table.owner })), /"shardKey" to be the name of a column, but got a column itself/],
  'no shard key': [() => define({ Note: { table } }), /a column as shard key, but got undefined\. .*`shardKey: 'owner'`/],
  'a misspelt option': [() => define(entry({ lists: 'all' })), /options table, shardKey, .*, but got "lists"\. Write `list`/],
  'an unknown option': [() => define(entry({ ttl: 5 })), /but got "ttl"\. Leave it out/],
  'one column to search': [() => define(entry({ search: 'title' })), /"search" to be a list of names of columns, but got "title"/],
  'a number as list': [() => define(entry({ list: 5 })), /"list" to be a name, but got 5/],
  'an empty domain': [() => define(entry({ domain: '' })), /"domain" to be a name, but got ""/],
  'a mode as cache': [() => define(entry({ cache: 'STRONG' })), /"cache" to be an object of options, but got "STRONG"/],
  'a misspelt option of the cache': [() => define(entry({ cache: { ttl: 60 } })), /Note \(table "notes"\), cache: .* but got "ttl"\. Write `ttlSeconds`/],
  'a text as a time': [() => define(entry({ cache: { ttlSeconds: '60' } })), /"ttlSeconds" to be a number, but got "60"/],
  'one strong column': [() => define(entry({ cache: { strongColumns: 'title' } })), /"strongColumns" to be a list of names of columns, but got "title"/],
  'relations that are no function': [() => define(entry(), { Note: {} }), /Relations: .* with parentheses around the braces/],
  'relations that are not given back': [() => define(entry(), () => undefined), /Relations: .* but got undefined\. .* with parentheses around the braces/],
  'a helper that is not called': [related((many) => many.Note), /Note, relation "more": Expected a relation, but got a function\. Write one\.Type/],
  'a type as relation': [related(() => 'Note'), /Expected a relation, but got "Note"/],
  'nothing as relation': [related(() => undefined), /Expected a relation, but got undefined/],
  'a type that is not there': [related((many) => many.Memo()), /relation "more": Expected a type of the model, but got "Memo"\. Name one of Note/],
  'columns themselves': [related((many) => many.Note({ from: table.id, to: 'id' })), /"from" to be a name of a column, or a list of names, but got a column itself/],
  'columns on one side': [related((many) => many.Note({ from: 'id' })), /both from and to, but got from/],
  'no columns': [related((many) => many.Note({ from: [], to: [] })), /"from" to be .* but got an empty list/],
  'no options': [related((many) => many.Note({})), /but got none of them\. Write `many\.Note\(\)`/],
  'nothing as options': [related((many) => many.Note(null)), /an object of options, but got null/],
  'a misspelt option of a relation': [related((many) => many.Note({ from: 'id', to: 'id', via: 'Note' })), /but got "via"/],
  'a to-one relation through a table': [related((_, one) => one.Note({ through: 'Note' })), /a to-one relation without a join table, but got through\. Use many\.Note/],
  'a foreign key and columns': [related((many) => many.Note({ from: 'id', to: 'id', foreignKey: 'x' })), /either foreignKey or columns, but got from and to and foreignKey/],
  'a join table without columns of both sides': [related((many) => many.Note({ through: { type: 'Note', from: 'id', to: 'id' } })), /from, to and through: \{ type, from, to \} together, but got through/],
  'columns beside a join table alone': [related((many) => many.Note({ from: 'id', to: 'id', through: 'Note' })), /columns of the join table too, but got from and to and through/],
  'a primary key over a column that is not there': [constrained((t) => primaryKey({ columns: [t.owner, t.nope] })), /over columns that are there, .* the table has owner/],
  'a unique key over a column that is not there': [constrained((t) => unique().on(t.owner, t.nope)), /over columns that are there/],
  'an index over a column that is not there': [constrained((t) => index('newest').on(t.owner, t.nope)), /over columns that are there/],
  'a foreign key over a column that is not there': [constrained((t) => foreignKey({ columns: [t.nope], foreignColumns: [t.owner] })), /over columns that are there/],
  'a text as options of the model': [() => define(entry(), undefined, 'id'), /The model: Expected an object of options, but got "id"\. Write \{ globalIdField/],
  'a misspelt option of the model': [() => define(entry(), undefined, { globalId: 'id' }), /The model: .* but got "globalId"\. Write `globalIdField`/],
  'another name of global ids': [() => define(entry(), undefined, { globalIdField: 'uid' }), /"globalIdField" to be 'nodeId' or 'id', but got "uid"/],
  'two primary keys': [constrained((t) => primaryKey({ columns: [t.owner] })), /one primary key, with each column once, but got 2 keys\. Keep one: `primaryKey/],
}; // biome-ignore format: a table

describe('A declaration that does not compile', () => {
  it.each(Object.entries(REFUSED))('is refused: %s', (_, [define, text]) => {
    expect(define).toThrow(ModelError);
    expect(define).toThrow(text);
  });

  it('is told whole: all entries that have no form', () => {
    expect(() => define({ A: null, B: { table: 5 }, ...entry({ lists: 1, singles: 2 }) })).toThrow(/got 4 problems:/);
  });
});
