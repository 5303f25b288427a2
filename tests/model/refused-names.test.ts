import { sql } from 'drizzle-orm';
import { check, foreignKey, index, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../src/model/define-model.ts';
import { alone, notes, type RefusedModel, testRefusedModels } from './refused-model.ts';

testRefusedModels('Models with unusable names', {
  ...Object.fromEntries(
    ['Query', 'Mutation', 'Subscription', 'Node'].map((type): [string, RefusedModel] => [
      `a type named ${type}`,
      {
        define: () => defineModel({ [type]: { table: notes({}, 'things'), shardKey: 'owner', single: 'thing' } }),
        where: [type, '"things"'],
        message: new RegExp(`"${type}", which every schema has`),
        remedy: /Rename the type/,
      },
    ]),
  ),
  'a type named like a shared filter': {
    define: () => defineModel({ StringFilter: { table: notes(), shardKey: 'owner' } }),
    where: ['"notes"'],
    message: /"StringFilter", which every schema has/,
    remedy: /Rename the type/,
  },
  ...Object.fromEntries(
    ['SortOrder', 'PageInfo', 'DateTime', 'BigInt', 'Decimal', 'JSON', 'Bytes', 'Version'].map(
      (type): [string, RefusedModel] => [
        `a type named like the shared ${type}`,
        {
          define: () => defineModel({ [type]: { table: notes(), shardKey: 'owner' } }),
          where: ['"notes"'],
          message: new RegExp(`"${type}", which every schema has`),
          remedy: /Rename the type/,
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
    remedy: /Rename one of the two types/,
  },
  'a type named like the enum of another': {
    define: () =>
      defineModel({
        Note: { table: notes({ kind: text({ enum: ['a'] }) }), shardKey: 'owner' },
        NoteKind: { table: notes({}, 'kinds'), shardKey: 'owner' },
      }),
    where: ['"notes"'],
    message: /column "kind" needs, but got "NoteKind"/,
    remedy: /Rename one of the two types/,
  },
  'columns that groupBy would name alike': {
    define: () => defineModel({ Note: { table: notes({ dueAt: text('a'), due_at: text('b') }), shardKey: 'owner' } }),
    where: ['"notes"', '"b"'],
    message: /got "dueAt" and "due_at", both DUE_AT/,
    remedy: /Rename one of the columns/,
  },
  'a type that is no GraphQL name': {
    define: () => defineModel({ 'My-Note': { table: notes(), shardKey: 'owner', single: 'note' } }),
    where: ['"notes"'],
    message: /GraphQL name, but got "My-Note"/,
    remedy: /Rename the type/,
  },
  ...Object.fromEntries(
    ['version', 'nodeId', 'AND', 'OR', 'NOT'].map((name): [string, RefusedModel] => [
      `a column named ${name}`,
      {
        define: () => alone(notes({ [name]: text('other') })),
        where: ['"notes"', '"other"'],
        message: new RegExp(`"${name}", which every type has`),
        remedy: /Rename the column's property/,
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
        remedy: /Rename the column's property/,
      },
    ]),
  ),
  'a column that is no GraphQL name': {
    define: () => alone(notes({ 'first name': text('first_name') })),
    where: ['"notes"', '"first_name"'],
    message: /GraphQL name, but got "first name"/,
    remedy: /Rename the column's property/,
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
        remedy: /Rename the relation's property/,
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
    remedy: /Rename one/,
  },
  'a relation that is no GraphQL name': {
    define: () =>
      defineModel({ Note: { table: notes(), shardKey: 'owner' } }, ({ many }) => ({
        Note: { 'more notes': many.Note({ from: 'id', to: 'owner' }) },
      })),
    where: ['"notes"', 'relation "more notes"'],
    message: /field name that is a GraphQL name, but got "more notes"/,
    remedy: /Rename the relation's property/,
  },
  'a relation named like a column': {
    define: () =>
      defineModel({ Note: { table: notes({ more: text() }), shardKey: 'owner' } }, ({ many }) => ({
        Note: { more: many.Note({ from: 'id', to: 'owner' }) },
      })),
    where: ['"notes"', '"more"'],
    message: /"more", which column "more" has/,
    remedy: /Rename the relation's property/,
  },
  'a column named like the aggregate of a relation': {
    define: () =>
      defineModel({ Note: { table: notes({ moreAggregate: text() }), shardKey: 'owner' } }, ({ many }) => ({
        Note: { more: many.Note({ from: 'id', to: 'owner' }) },
      })),
    where: ['"notes"', '"more"'],
    message: /"moreAggregate" to be free .* column "moreAggregate" has it/,
    remedy: /Rename one/,
  },
  ...Object.fromEntries(
    ['node', 'nodes', 'transaction'].map((list): [string, RefusedModel] => [
      `a list field named ${list}`,
      {
        define: () => alone(notes(), { list }),
        where: ['"notes"'],
        message: new RegExp(`"${list}", which every schema has`),
        remedy: /Name it: list: '…'/,
      },
    ]),
  ),
  'a table whose plural is its singular': {
    define: () => defineModel({ Series: { table: notes({}, 'series'), shardKey: 'owner' } }),
    where: ['Series', '"series"'],
    message: /got "series" for both/,
    remedy: /list: 'allSeries'/,
  },
  'two lists of one name': {
    define: () =>
      defineModel({
        Note: { table: notes(), shardKey: 'owner' },
        Memo: { table: notes({}, 'memos'), shardKey: 'owner', list: 'notes' },
      }),
    where: ['"memos"'],
    message: /"notes", which Note \(table "notes"\) has/,
    remedy: /list: '…'/,
  },
  'a single field that another table has': {
    define: () =>
      defineModel({
        Note: { table: notes(), shardKey: 'owner' },
        Memo: { table: notes({}, 'memos'), shardKey: 'owner', single: 'note' },
      }),
    where: ['"memos"'],
    message: /single field that is free, but got "note", which Note \(table "notes"\) has/,
    remedy: /Name it: single: '…'/,
  },
  'a single field that is no GraphQL name': {
    define: () => defineModel({ Note: { table: notes(), shardKey: 'owner', single: 'my note' } }),
    where: ['"notes"'],
    message: /single field that is a GraphQL name, but got "my note"/,
    remedy: /Name it: single: '…'/,
  },
  'two types of which one has the mutations of the list of the other': {
    define: () =>
      defineModel({
        Note: { table: notes({}, 'notes'), shardKey: 'owner' },
        Notes: { table: notes({}, 'memos'), shardKey: 'owner', single: 'memo' },
      }),
    where: ['Notes', '"memos"'],
    message: /mutation field "createNotes" once, but Note \(table "notes"\) has it too/,
    remedy: /list: '…'/,
  },
  'a list that is no GraphQL name': {
    define: () => alone(notes({}, 'über')),
    where: ['"über"'],
    message: /list field that is a GraphQL name, but got "über"/,
    remedy: /list: '…'/,
  },
  'enum values that are no GraphQL names': {
    define: () => alone(notes({ kind: text({ enum: ['fine', '1st'] }) })),
    where: ['"notes"', '"kind"'],
    message: /SCREAMING_SNAKE, but got "1st"/,
    remedy: /without enum/,
  },
  'enum values with one GraphQL name': {
    define: () => alone(notes({ kind: text({ enum: ['in progress', 'inProgress'] }) })),
    where: ['"notes"', '"kind"'],
    message: /"in progress" and "inProgress", both IN_PROGRESS/,
    remedy: /without enum/,
  },
  'a table of ShardQL’s name space': {
    define: () => alone(notes({}, '_notes')),
    where: ['"_notes"'],
    message: /starts with neither "_" nor "sqlite_"/,
    remedy: /Rename the table in SQL/,
  },
  'a table of SQLite’s name space': {
    define: () => alone(notes({}, 'sqlite_notes')),
    where: ['"sqlite_notes"'],
    message: /but got "sqlite_notes"/,
    remedy: /Rename the table in SQL/,
  },
  'a column of ShardQL’s name space': {
    define: () => alone(notes({ mine: text('_version') })),
    where: ['"notes"', '"_version"'],
    message: /SQL name of the column/,
    remedy: /its GraphQL name can stay/,
  },
  'a name with quotes': {
    define: () => alone(notes({ mine: text('my"own') })),
    where: ['"notes"'],
    message: /without quotes, commas, .*, but got "my\\"own"/,
    remedy: /Rename the column in SQL/,
  },
  ...Object.fromEntries(
    [',', ';', '`', '\n', '\u007f', '\ud800'].map((character): [string, RefusedModel] => [
      `a name with ${JSON.stringify(character)}`,
      {
        define: () => alone(notes({ mine: text(`my${character}own`) })),
        where: ['"notes"', `my${character}own`],
        message: /SQL name of the column without quotes, commas, semicolons, control characters/,
        remedy: /Rename the column in SQL/,
      },
    ]),
  ),
  'a check with a quote in its name': {
    define: () => alone(sqliteTable('notes', { owner: text().primaryKey() }, () => [check('it"s', sql`1`)])),
    where: ['"notes"'],
    message: /SQL name of the check without quotes/,
    remedy: /Rename the check: check\('…', …\)/,
  },
  'two checks of one name': {
    define: () =>
      alone(sqliteTable('notes', { owner: text().primaryKey() }, () => [check('same', sql`1`), check('SAME', sql`2`)])),
    where: ['"notes"'],
    message: /"SAME" for the check of Note as well as for the check of Note/,
    remedy: /Rename one of them/,
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
    remedy: /foreignKey\(\{ name: '…', … \}\)/,
  },
  ...Object.fromEntries(
    ['new', 'OLD', 'json_each'].map((name): [string, RefusedModel] => [
      `a table named ${name}, which SQLite reads differently`,
      {
        define: () => alone(notes({}, name), { list: 'notes' }),
        where: [`"${name}"`],
        message: new RegExp(`other than new, old, json_each, .*, but got "${name}"`),
        remedy: /Rename the table in SQL: sqliteTable\('…', …\).*list: 'notes' keeps/,
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
        remedy: /Rename the table in SQL/,
      },
    ]),
  ),
  'an index named constructor': {
    define: () =>
      alone(sqliteTable('notes', { owner: text().primaryKey() }, (t) => [index('constructor').on(t.owner)])),
    where: ['"notes"'],
    message: /SQL name of the index that is no property of every JavaScript object/,
    remedy: /Rename the index: index\('…'\)/,
  },
  'a column named like another one in SQL': {
    define: () => alone(notes({ title: text('headline'), headline: text('body') })),
    where: ['"notes"', '"body"'],
    message: /imports take both, but got "headline", the column of "title"/,
    remedy: /Rename the column's property/,
  },
  'a type named like the table of another in SQL': {
    define: () =>
      defineModel({
        Note: { table: notes({}, 'Memo'), shardKey: 'owner', list: 'notes' },
        Memo: { table: notes({}, 'memos'), shardKey: 'owner' },
      }),
    where: ['Memo', '"memos"'],
    message: /imports take both, but got "Memo", the table of Note/,
    remedy: /Rename the type/,
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
    remedy: /Rename a column's property/,
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
    remedy: /Rename one of the two types/,
  },
  'one SQL table twice': {
    define: () =>
      defineModel({
        Note: { table: notes(), shardKey: 'owner' },
        Memo: { table: notes({}, 'NOTES'), shardKey: 'owner' },
      }),
    where: ['Memo', '"NOTES"'],
    message: /"NOTES" for the table of Memo as well as for the table of Note/,
    remedy: /Rename one of them/,
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
    remedy: /Rename one of them/,
  },
});
