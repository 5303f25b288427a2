import { sql } from 'drizzle-orm';
import { check, foreignKey, index, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../src/model/define-model.ts';
import { alone, notes, type RefusedModel, testRefusedModels } from './refused-model.ts';

/** Global ids are called `id`, and a column `id` is the field `rowId`. */
const withIds = (table: ReturnType<typeof notes>, relation = 'others') =>
  defineModel(
    { Note: { table, shardKey: 'owner' } },
    ({ many }) => ({ Note: { [relation]: many.Note({ from: 'id', to: 'id' }) } }),
    { globalIdField: 'id' },
  );

testRefusedModels('Models with unusable names', {
  'a column rowId beside a column id, where that is the field rowId': {
    define: () => withIds(notes({ rowId: text('row_id') })),
    where: ['"notes"', '"row_id"'],
    message: /"rowId", which column "rowId" has/,
  },
  'a relation id, where global ids are called so': {
    define: () => withIds(notes(), 'id'),
    where: ['relation "id"'],
    message: /"id", which every type has/,
  },
  'a column whose SQL name is the field of another, which is called id': {
    define: () => withIds(notes({ other: text('rowId') })),
    where: ['"notes"', '"id"'],
    message: /"rowId", the column of "other"/,
  },
  ...Object.fromEntries(
    ['Query', 'Mutation', 'Subscription', 'Node'].map((type): [string, RefusedModel] => [
      `a type named ${type}`,
      {
        define: () => defineModel({ [type]: { table: notes({}, 'things'), shardKey: 'owner', single: 'thing' } }),
        where: [type, '"things"'],
        message: new RegExp(`"${type}", which every schema has`),
      },
    ]),
  ),
  'a type named like a shared filter': {
    define: () => defineModel({ StringFilter: { table: notes(), shardKey: 'owner' } }),
    where: ['"notes"'],
    message: /"StringFilter", which every schema has/,
  },
  ...Object.fromEntries(
    ['SortOrder', 'PageInfo', 'DateTime', 'BigInt', 'Decimal', 'JSON', 'Bytes', 'Version'].map(
      (type): [string, RefusedModel] => [
        `a type named like the shared ${type}`,
        {
          define: () => defineModel({ [type]: { table: notes(), shardKey: 'owner' } }),
          where: ['"notes"'],
          message: new RegExp(`"${type}", which every schema has`),
        },
      ],
    ),
  ),
  'a type named like the helper of another': {
    define: () =>
      defineModel({
        Note: { table: notes(), shardKey: 'owner' },
        NoteEdge: { table: notes({}, 'edges'), shardKey: 'owner' },
      }),
    where: ['Note', '"notes"'],
    message: /"NoteEdge", which NoteEdge \(table "edges"\) has/,
  },
  'a type named like the enum of another': {
    define: () =>
      defineModel({
        Note: { table: notes({ kind: text({ enum: ['a'] }) }), shardKey: 'owner' },
        NoteKind: { table: notes({}, 'kinds'), shardKey: 'owner' },
      }),
    where: ['"notes"'],
    message: /column "kind" needs, but got "NoteKind"/,
  },
  'columns that groupBy would name alike': {
    define: () => defineModel({ Note: { table: notes({ dueAt: text('a'), due_at: text('b') }), shardKey: 'owner' } }),
    where: ['"notes"', '"b"'],
    message: /got "dueAt" and "due_at", both DUE_AT/,
  },
  'a type that is no GraphQL name': {
    define: () => defineModel({ 'My-Note': { table: notes(), shardKey: 'owner', single: 'note' } }),
    where: ['"notes"'],
    message: /GraphQL name, but got "My-Note"/,
  },
  ...Object.fromEntries(
    ['version', 'nodeId', 'AND', 'OR', 'NOT'].map((name): [string, RefusedModel] => [
      `a column named ${name}`,
      {
        define: () => alone(notes({ [name]: text('other') })),
        where: ['"notes"', '"other"'],
        message: new RegExp(`"${name}", which every type has`),
      },
    ]),
  ),
  ...Object.fromEntries(
    ['constructor', 'toString'].map((name): [string, RefusedModel] => [
      `a column named ${name}`,
      {
        define: () => alone(notes({ [name]: text('other') })),
        where: ['"notes"', '"other"'],
        message: new RegExp(`"${name}", which every JavaScript object has`),
      },
    ]),
  ),
  'a column that is no GraphQL name': {
    define: () => alone(notes({ 'first name': text('first_name') })),
    where: ['"notes"', '"first_name"'],
    message: /GraphQL name, but got "first name"/,
  },
  ...Object.fromEntries(
    ['version', 'nodeId', 'AND', 'OR', 'NOT'].map((name): [string, RefusedModel] => [
      `a relation named ${name}`,
      {
        define: () =>
          defineModel({ Note: { table: notes(), shardKey: 'owner' } }, ({ many }) => ({
            Note: { [name]: many.Note({ from: 'id', to: 'owner' }) },
          })),
        where: ['"notes"', `relation "${name}"`],
        message: new RegExp(`"${name}", which every type has`),
      },
    ]),
  ),
  'a relation named like the aggregate of another': {
    define: () =>
      defineModel({ Note: { table: notes(), shardKey: 'owner' } }, ({ many }) => ({
        Note: {
          more: many.Note({ from: 'id', to: 'owner' }),
          moreAggregate: many.Note({ from: 'id', to: 'owner' }),
        },
      })),
    where: ['"notes"', '"more"'],
    message: /"moreAggregate" to be free .* relation "moreAggregate" has it/,
  },
  'a relation that is no GraphQL name': {
    define: () =>
      defineModel({ Note: { table: notes(), shardKey: 'owner' } }, ({ many }) => ({
        Note: { 'more notes': many.Note({ from: 'id', to: 'owner' }) },
      })),
    where: ['"notes"', 'relation "more notes"'],
    message: /field name that is a GraphQL name, but got "more notes"/,
  },
  'a relation named like a column': {
    define: () =>
      defineModel({ Note: { table: notes({ more: text() }), shardKey: 'owner' } }, ({ many }) => ({
        Note: { more: many.Note({ from: 'id', to: 'owner' }) },
      })),
    where: ['"notes"', '"more"'],
    message: /"more", which column "more" has/,
  },
  'a column named like the aggregate of a relation': {
    define: () =>
      defineModel({ Note: { table: notes({ moreAggregate: text() }), shardKey: 'owner' } }, ({ many }) => ({
        Note: { more: many.Note({ from: 'id', to: 'owner' }) },
      })),
    where: ['"notes"', '"more"'],
    message: /"moreAggregate" to be free .* column "moreAggregate" has it/,
  },
  ...Object.fromEntries(
    ['node', 'nodes', 'transaction'].map((list): [string, RefusedModel] => [
      `a list field named ${list}`,
      {
        define: () => alone(notes(), { list }),
        where: ['"notes"'],
        message: new RegExp(`"${list}", which every schema has`),
      },
    ]),
  ),
  'a table whose plural is its singular': {
    define: () => defineModel({ Series: { table: notes({}, 'series'), shardKey: 'owner' } }),
    where: ['Series', '"series"'],
    message: /got "series" for both/,
  },
  'two lists of one name': {
    define: () =>
      defineModel({
        Note: { table: notes(), shardKey: 'owner' },
        Memo: { table: notes({}, 'memos'), shardKey: 'owner', list: 'notes' },
      }),
    where: ['"memos"'],
    message: /"notes", which Note \(table "notes"\) has/,
  },
  'a single field that another table has': {
    define: () =>
      defineModel({
        Note: { table: notes(), shardKey: 'owner' },
        Memo: { table: notes({}, 'memos'), shardKey: 'owner', single: 'note' },
      }),
    where: ['"memos"'],
    message: /single field that is free, but got "note", which Note \(table "notes"\) has/,
  },
  'a single field that is no GraphQL name': {
    define: () => defineModel({ Note: { table: notes(), shardKey: 'owner', single: 'my note' } }),
    where: ['"notes"'],
    message: /single field that is a GraphQL name, but got "my note"/,
  },
  'two types of which one has the mutations of the list of the other': {
    define: () =>
      defineModel({
        Note: { table: notes({}, 'notes'), shardKey: 'owner' },
        Notes: { table: notes({}, 'memos'), shardKey: 'owner', single: 'memo' },
      }),
    where: ['Notes', '"memos"'],
    message: /mutation field "createNotes" once, but got it of Note \(table "notes"\) too/,
  },
  'a list whose mutations are those of one row': {
    define: () => defineModel({ Note: { table: notes(), shardKey: 'owner', single: 'one', list: 'note' } }),
    where: ['Note', '"notes"'],
    message: /mutation field "createNote" once, but got it for one row and for several/,
  },
  'keys that are one value of the enum of keys': {
    define: () =>
      alone(
        sqliteTable(
          'notes',
          { owner: text().notNull(), id: text().notNull(), a: text(), b: text(), a_and_b: text() },
          (t) => [
            primaryKey({ columns: [t.owner, t.id] }),
            unique().on(t.owner, t.a, t.b),
            unique().on(t.owner, t.a_and_b),
          ],
        ),
      ),
    where: ['"notes"'],
    message: /the enum NoteUniqueKey, but got "A_AND_B" for \(a, b\) and for \(a_and_b\)/,
  },
  'a list that is no GraphQL name': {
    define: () => alone(notes({}, 'über')),
    where: ['"über"'],
    message: /list field that is a GraphQL name, but got "über"/,
  },
  'enum values that are no GraphQL names': {
    define: () => alone(notes({ kind: text({ enum: ['fine', '1st'] }) })),
    where: ['"notes"', '"kind"'],
    message: /SCREAMING_SNAKE, but got "1st"/,
  },
  'enum values with one GraphQL name': {
    define: () => alone(notes({ kind: text({ enum: ['in progress', 'inProgress'] }) })),
    where: ['"notes"', '"kind"'],
    message: /"in progress" and "inProgress", both IN_PROGRESS/,
  },
  'a table of ShardQL’s name space': {
    define: () => alone(notes({}, '_notes')),
    where: ['"_notes"'],
    message: /starts with neither "_" nor "sqlite_"/,
  },
  'a table of SQLite’s name space': {
    define: () => alone(notes({}, 'sqlite_notes')),
    where: ['"sqlite_notes"'],
    message: /but got "sqlite_notes"/,
  },
  'a column of ShardQL’s name space': {
    define: () => alone(notes({ mine: text('_version') })),
    where: ['"notes"', '"_version"'],
    message: /SQL name of the column/,
  },
  'a name with quotes': {
    define: () => alone(notes({ mine: text('my"own') })),
    where: ['"notes"'],
    message: /without quotes, commas, .*, but got "my\\"own"/,
  },
  ...Object.fromEntries(
    [',', ';', '`', '\n', '\u007f', '\ud800'].map((character): [string, RefusedModel] => [
      `a name with ${JSON.stringify(character)}`,
      {
        define: () => alone(notes({ mine: text(`my${character}own`) })),
        where: ['"notes"', `my${character}own`],
        message: /SQL name of the column without quotes, commas, semicolons, control characters/,
      },
    ]),
  ),
  'a check with a quote in its name': {
    define: () => alone(sqliteTable('notes', { owner: text().primaryKey() }, () => [check('it"s', sql`1`)])),
    where: ['"notes"'],
    message: /SQL name of the check without quotes/,
  },
  'two checks of one name': {
    define: () =>
      alone(sqliteTable('notes', { owner: text().primaryKey() }, () => [check('same', sql`1`), check('SAME', sql`2`)])),
    where: ['"notes"'],
    message: /"SAME" for the check of Note as well as for the check of Note/,
  },
  'a foreign key with a quote in its name': {
    define: () =>
      alone(
        sqliteTable('notes', { owner: text().primaryKey() }, (t) => [
          foreignKey({ name: 'a`b', columns: [t.owner], foreignColumns: [t.owner] }),
        ]),
      ),
    where: ['"notes"'],
    message: /SQL name of the foreign key without quotes/,
  },
  ...Object.fromEntries(
    ['new', 'OLD', 'json_each', 'pragma_foreign_key_check'].map((name): [string, RefusedModel] => [
      `a table named ${name}, which SQLite reads differently`,
      {
        define: () => alone(notes({}, name), { list: 'notes' }),
        where: [`"${name}"`],
        message: new RegExp(`other than new, old, json_each and pragma_….*, but got "${name}"`),
      },
    ]),
  ),
  ...Object.fromEntries(
    ['constructor', 'toString', 'hasOwnProperty'].map((name): [string, RefusedModel] => [
      `a table named ${name}`,
      {
        define: () => alone(notes({}, name)),
        where: [`"${name}"`],
        message: new RegExp(`no property of every JavaScript object, but got "${name}"`),
      },
    ]),
  ),
  'an index named constructor': {
    define: () =>
      alone(sqliteTable('notes', { owner: text().primaryKey() }, (t) => [index('constructor').on(t.owner)])),
    where: ['"notes"'],
    message: /SQL name of the index that is no property of every JavaScript object/,
  },
  'a column named like another one in SQL': {
    define: () => alone(notes({ title: text('headline'), headline: text('body') })),
    where: ['"notes"', '"body"'],
    message: /imports take both, but got "headline", the column of "title"/,
  },
  'a type named like the table of another in SQL': {
    define: () =>
      defineModel({
        Note: { table: notes({}, 'Memo'), shardKey: 'owner', list: 'notes' },
        Memo: { table: notes({}, 'memos'), shardKey: 'owner' },
      }),
    where: ['Memo', '"memos"'],
    message: /imports take both, but got "Memo", the table of Note/,
  },
  'two keys of one name': {
    define: () =>
      alone(
        sqliteTable('notes', { owner: text().notNull(), a: text().notNull(), b: text(), aAndB: text('ab') }, (t) => [
          primaryKey({ columns: [t.owner, t.a] }),
          unique('first').on(t.owner, t.aAndB),
          unique('second').on(t.owner, t.a, t.b),
        ]),
      ),
    where: ['"notes"'],
    message: /"aAndB" for \(aAndB\) and for \(a, b\)/,
  },
  'a type named like the composite key of another': {
    define: () =>
      defineModel({
        Note: {
          table: sqliteTable('notes', { owner: text().notNull(), a: text().notNull(), b: text().notNull() }, (t) => [
            primaryKey({ columns: [t.owner, t.a, t.b] }),
          ]),
          shardKey: 'owner',
        },
        NoteAAndB: { table: notes({}, 'others'), shardKey: 'owner' },
      }),
    where: [],
    message: /the key \(a, b\) needs, but got "NoteAAndBKey"|the table needs, but got "NoteAAndBKey"/,
  },
  'one SQL table twice': {
    define: () =>
      defineModel({
        Note: { table: notes(), shardKey: 'owner' },
        Memo: { table: notes({}, 'NOTES'), shardKey: 'owner' },
      }),
    where: ['Memo', '"NOTES"'],
    message: /"NOTES" for the table of Memo as well as for the table of Note/,
  },
  'one index name twice': {
    define: () => {
      const indexed = (name: string) =>
        sqliteTable(name, { owner: text().primaryKey() }, (t) => [index('newest').on(t.owner)]);
      return defineModel({
        Note: { table: indexed('notes'), shardKey: 'owner' },
        Memo: { table: indexed('memos'), shardKey: 'owner' },
      });
    },
    where: ['"memos"'],
    message: /"newest" for the index of Memo as well as for the index of Note/,
  },
});
