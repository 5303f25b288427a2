/**
 * What is said of wrong models helps: each message stands alone, and doing what its remedy says gives a model that starts. Code
 * in a remedy (between back-ticks) is put in place of what is marked in the model (between « and »); words are followed by hand,
 * and must name what is there.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: models are texts here, with templates of their own.
import * as drizzle from 'drizzle-orm';
import * as core from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import * as columns from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { ModelError, type ModelProblem } from '../../src/model/model-error.ts';

interface Wrong {
  /** Parts of the one message: what was expected and what was got. */
  readonly says: RegExp;
  /** `defineModel(…)` as an expression, after what it needs. */
  readonly model: string;
  /**
   * `any` (default): each code alone mends the model. `all`: each has a place of its own, in their order. Else what the words say: the
   * remedy holds the first, and the model is mended by putting the third in place of the second.
   */
  readonly mend?: 'any' | 'all' | readonly [words: RegExp, wrong: string, right: string];
}

const SCOPE = { ...drizzle, ...core, ...columns, defineModel };
const NAMES = Object.keys(SCOPE).filter((name) => /^[A-Za-z]\w*$/.test(name));

function build(text: string): unknown {
  const statements = text.slice(0, text.lastIndexOf('defineModel('));
  const expression = text.slice(statements.length);
  return new Function(...NAMES, `${PRELUDE}\n${statements}\nreturn ${expression};`)(
    ...NAMES.map((name) => SCOPE[name as never]),
  );
}

/** Tables that are right. `notes` are of owners, who have no table; `users` and `posts` have foreign keys. */
const PRELUDE = `
const notes = (columns = {}, constraints = () => [], sqlName = 'notes') => sqliteTable(
  sqlName, { owner: text().notNull(), id: text().notNull(), ...columns },
  (t) => [primaryKey({ columns: [t.owner, t.id] }), ...constraints(t)]);
const users = sqliteTable('users', { id: text().primaryKey(), email: text(), age: integer() });
const tags = sqliteTable('tags', { code: text().primaryKey(), label: text() });
const accounts = notes({ label: text() }, undefined, 'accounts');
const transfers = notes(
  { sourceId: text('source_id'), targetId: text('target_id'), cents: integer() },
  (t) => [
    foreignKey({ name: 'transfer_source', columns: [t.owner, t.sourceId], foreignColumns: [accounts.owner, accounts.id] }),
    foreignKey({ name: 'transfer_target', columns: [t.owner, t.targetId], foreignColumns: [accounts.owner, accounts.id] }),
  ], 'transfers');
const bank = { Account: { table: accounts, shardKey: 'owner' }, Transfer: { table: transfers, shardKey: 'owner' } };
`;

/** A table alone. */
const alone = (table: string, options = "shardKey: 'owner'") =>
  `defineModel({ Note: { table: ${table}, ${options} } })`;
const note = (columns: string, options?: string) => alone(`notes({ ${columns} })`, options);
const constrained = (columns: string, constraint: string) => alone(`notes({ ${columns} }, (t) => [${constraint}])`);
const cached = (cache: string) => note('title: text()', `shardKey: 'owner', cache: { ${cache} }`);
const bankWith = (relations: string) => `defineModel(bank, ({ one, many }) => ({ ${relations} }))`;
/** A table whose column of another's key is this, and its relations. */
const TAGGED = (column: string, relations: string) =>
  `defineModel({ Note: { table: tagged(${column}), shardKey: 'owner' }, Tag: { table: tags, shardKey: 'code' } }, ({ one }) => ({ Note: { ${relations} } }))`;
const CHILDREN =
  "defineModel({ Note: { table: parents, shardKey: 'owner', list: 'parents' }, Child: { table: children, shardKey: 'owner' } }, () => ";
const spread = (relations: string) =>
  `defineModel({ User: { table: users, shardKey: 'id' }, Tag: { table: tags, shardKey: 'code' }, ...bank }, ({ one, many }) => ({ ${relations} }))`;

const WRONG: Readonly<Record<string, Readonly<Record<string, Wrong>>>> = {
  'Shard keys': {
    'a shard key that is no column': {
      says: /a column as shard key, but got "tenantId"/,
      model: alone('notes()', "«shardKey: 'tenantId'»"),
    },
    'a shard key that is no column, of a table keyed by an integer': {
      says: /but got "userId"/,
      model: alone("sqliteTable('notes', { no: integer().primaryKey(), title: text() })", "«shardKey: 'userId'»"),
    },
    'a shard key by its name in SQL': {
      says: /but got "team_id"/,
      model: alone("sqliteTable('notes', { teamId: text('team_id').primaryKey() })", "«shardKey: 'team_id'»"),
    },
    'a nullable shard key': {
      says: /NOT NULL, but got a nullable/,
      model: alone(
        "sqliteTable('notes', { owner: text()«», id: text().notNull() }, (t) => [primaryKey({ columns: [t.owner, t.id] })])",
      ),
    },
    'a real shard key': {
      says: /but got Float/,
      model: alone("sqliteTable('notes', { owner: «real()».primaryKey() })"),
    },
    'a boolean shard key': {
      says: /but got Boolean/,
      model: alone("sqliteTable('notes', { owner: «integer({ mode: 'boolean' })».primaryKey() })"),
    },
    'a JSON shard key': {
      says: /but got JSON/,
      model: alone("sqliteTable('notes', { owner: «text({ mode: 'json' })».primaryKey() })"),
    },
    'a decimal shard key': {
      says: /but got Decimal/,
      model: alone("sqliteTable('notes', { owner: «numeric()».primaryKey() })"),
    },
    'a bigint blob as shard key': {
      says: /but got BigInt in a blob/,
      model: alone("sqliteTable('notes', { owner: «blob({ mode: 'bigint' })».primaryKey() })"),
    },
    'a generated shard key': {
      says: /but got a generated column/,
      model: alone(
        "sqliteTable('notes', { id: text().notNull(), owner: text().notNull().generatedAlwaysAs(sql`lower(id)`) }, (t) => [primaryKey({ columns: [t.owner, t.id] })])",
      ),
      mend: [/without \.generatedAlwaysAs/, '.generatedAlwaysAs(sql`lower(id)`)', ''],
    },
  },
  'Primary keys': {
    'no primary key, and a column id': {
      says: /a primary key, but got none/,
      model: alone("sqliteTable('notes', { owner: text().notNull(), id: text().notNull() }, (t) => [«»])"),
    },
    'no primary key, and no column id': {
      says: /a primary key, but got none/,
      model: alone("sqliteTable('notes', { owner: text().notNull(), «2» }, (t) => [«1»])"),
      mend: 'all',
    },
    'no primary key, and the shard key is called id': {
      says: /a primary key, but got none/,
      model: alone("sqliteTable('notes', { id: text().notNull() }, (t) => [«»])", "shardKey: 'id'"),
    },
    'a primary key without the shard key': {
      says: /includes the shard key "owner", but got id/,
      model: alone(
        "sqliteTable('notes', { owner: text().notNull(), id: text().notNull() }, (t) => [«primaryKey({ columns: [t.id] })»])",
      ),
    },
    'a primary key at its column, without the shard key': {
      says: /but got code/,
      model: alone("sqliteTable('notes', { owner: text().notNull(), code: text().primaryKey() }, (t) => [])"),
      mend: [
        /`primaryKey\(\{ columns: \[t\.owner, t\.code\] \}\)`, take \.primaryKey\(\) off "code" and give it \.notNull\(\)/,
        'code: text().primaryKey() }, (t) => []',
        'code: text().notNull() }, (t) => [primaryKey({ columns: [t.owner, t.code] })]',
      ],
    },
    'a nullable column in the primary key': {
      says: /NOT NULL, but got a nullable one/,
      model: alone(
        "sqliteTable('notes', { owner: text().notNull(), id: text()«» }, (t) => [primaryKey({ columns: [t.owner, t.id] })])",
      ),
    },
    'a JSON column in the primary key': {
      says: /but got a JSON column/,
      model: alone(
        "sqliteTable('notes', { owner: text().notNull(), id: «text({ mode: 'json' }).notNull()» }, (t) => [primaryKey({ columns: [t.owner, t.id] })])",
      ),
    },
    'a generated column in the primary key': {
      says: /but got a generated column/,
      model: alone(
        "sqliteTable('notes', { owner: text().notNull(), id: «text().notNull().generatedAlwaysAs(sql`lower(owner)`)» }, (t) => [primaryKey({ columns: [t.owner, t.id] })])",
      ),
    },
    'an autoincrement key': {
      says: /but got autoIncrement/,
      model: alone("sqliteTable('notes', { no: «integer().primaryKey({ autoIncrement: true })» })", "shardKey: 'no'"),
    },
  },
  'Unique indexes': {
    'a unique column': {
      says: /includes the shard key "owner", but got email/,
      model: constrained('email: text()/*u*/.unique()', '/*c*/'),
      mend: [
        /`unique\(\)\.on\(t\.owner, t\.email\)`, and take \.unique\(\) off/,
        'email: text()/*u*/.unique() }, (t) => [/*c*/]',
        'email: text() }, (t) => [unique().on(t.owner, t.email)]',
      ],
    },
    'a unique constraint': {
      says: /but got email, phone/,
      model: constrained('email: text(), phone: text()', '«unique().on(t.email, t.phone)»'),
    },
    'a unique index over an expression': {
      says: /but got an expression/,
      model: constrained('email: text()', "«uniqueIndex('notes_email').on(sql`lower(${t.email})`)»"),
    },
    'a partial unique index': {
      says: /but got email/,
      model: constrained('email: text()', "«uniqueIndex('notes_email').on(t.email).where(sql`${t.email} <> ''`)»"),
    },
    'two keys of one name': {
      says: /"aAndB" for \(aAndB\) and for \(a, b\)/,
      model: constrained(
        "a: text(), b: text(), aAndB: text('ab')",
        "unique('u1').on(t.owner, t.aAndB), unique('u2').on(t.owner, t.a, t.b)",
      ),
      mend: [
        /Rename a column's property in TypeScript; its SQL name can stay/,
        "aAndB: text('ab') }, (t) => [unique('u1').on(t.owner, t.aAndB)",
        "both: text('ab') }, (t) => [unique('u1').on(t.owner, t.both)",
      ],
    },
  },
  'Foreign keys': {
    'no shard key in it': {
      says: /pairs the shard keys Child\.owner and Note\.owner, but got parentId/,
      model: `const parents = notes();
        const children = notes({ parentId: text('parent_id') }, (t) => [«foreignKey({ columns: [t.parentId], foreignColumns: [parents.id] })»], 'children');
        ${CHILDREN}({}))`,
      mend: [
        /^Replace it by `foreignKey\(\{ columns: \[t\.owner, t\.parentId\], foreignColumns: \[parents\.owner, parents\.id\] \}\)`/,
        '«foreignKey({ columns: [t.parentId], foreignColumns: [parents.id] })»',
        'foreignKey({ columns: [t.owner, t.parentId], foreignColumns: [parents.owner, parents.id] })',
      ],
    },
    'to rows of other shards': {
      says: /pairs the shard keys Note\.owner and Tag\.code, but got tag/,
      model: `const tagged = (column) => notes({ tag: column });
        ${TAGGED('text().references(() => tags.code)', '')}`,
      mend: [
        /remove the foreign key and declare a relation: `one\.Tag\(\{ from: 'tag', to: 'code' \}\)`/,
        TAGGED('text().references(() => tags.code)', ''),
        TAGGED('text()', "related: one.Tag({ from: 'tag', to: 'code' })"),
      ],
    },
    'to columns that are no key': {
      says: /primary key or a unique index of User, but got id, email/,
      model: `const people = sqliteTable('people', { id: text().primaryKey(), email: text() }, (t) => [«»]);
        const children = notes({ email: text() }, (t) => [foreignKey({ columns: [t.owner, t.email], foreignColumns: [people.id, people.email] })]);
        defineModel({ User: { table: people, shardKey: 'id' }, Note: { table: children, shardKey: 'owner' } })`,
    },
    'to a table outside the model': {
      says: /a table of the model, but got "users"/,
      model: `const owned = sqliteTable('notes', { owner: text().primaryKey()/*f*/.references(() => users.id) }); ${alone('owned')}`,
      mend: [/or remove the foreign key/, '/*f*/.references(() => users.id)', ''],
    },
    'that would set the shard key to null': {
      says: /leaves the shard key "owner" as it is, but got "set null"/,
      model: `const owned = sqliteTable('notes', { owner: text().primaryKey().references(() => users.id, { onDelete: «'set null'» }) });
        defineModel({ User: { table: users, shardKey: 'id' }, Note: { table: owned, shardKey: 'owner' } })`,
    },
    'between different types': {
      says: /columns of one type, but got "parent" \(int\) and Note\.id \(text\)/,
      model: constrained(
        'parent: «integer()»',
        'foreignKey({ columns: [t.owner, t.parent], foreignColumns: [t.owner, t.id] })',
      ),
    },
    'that cascade through more tables than SQLite compiles': {
      says: /a delete of L0 to nest at most 10 triggers, but got up to 11, .*: L0 ← L1 ← .* ← L10\.$/,
      model: `const chain = [notes({ up: text() }, undefined, 'l0')];
        for (let at = 1; at <= 10; at++) chain.push(notes({ up: text() }, (t) => [
          foreignKey({ columns: [t.owner, t.up], foreignColumns: [chain[at - 1].owner, chain[at - 1].id] }).onDelete(at === 5 ? «'cascade'» : 'cascade'),
        ], 'l' + at));
        defineModel(Object.fromEntries(chain.map((table, at) => ['L' + at, { table, shardKey: 'owner', list: 'all' + at }])))`,
    },
  },
  Domains: {
    'of text and integer keys': {
      says: /stored like that of User, which shares its domain, but got int instead of text/,
      model: `const devices = sqliteTable('devices', { id: /*a*/integer()/*b*/.primaryKey() });
        defineModel({ User: { table: users, shardKey: 'id', domain: 'all' }, Device: { table: devices, shardKey: 'id', domain: 'all' } })`,
      mend: [
        /`text\('id'\)`; or give Device a domain of its own: `domain: 'DeviceDomain'`/,
        "shardKey: 'id', domain: 'all' } })",
        "shardKey: 'id', domain: 'DeviceDomain' } })",
      ],
    },
    'with two names': {
      says: /one domain .* but got "people" and "notes"/,
      model: `const owned = sqliteTable('notes', { owner: text().primaryKey().references(() => users.id) });
        defineModel({ User: { table: users, shardKey: 'id', domain: 'people' }, Note: { table: owned, shardKey: 'owner', «domain: 'notes'» } })`,
    },
  },
  'Columns and defaults': {
    'a custom type': {
      says: /but got a custom type "point"/,
      model: note("place: «customType({ dataType: () => 'point' })('the_place')»"),
    },
    '99 columns': {
      says: /at most 98 columns, but got 99/,
      model: note('...Object.fromEntries(Array.from({ length: 97 }, (_, at) => [`c${at}`, text()]))'),
      mend: [/Move columns to a second table with the same key, or into a JSON column/, 'length: 97', 'length: 96'],
    },
    'a moment of another form': {
      says: /"2026-01-01" instead of "2026-01-01T00:00:00.000Z"/,
      model: note("at: dateTime()«.default('2026-01-01')»"),
    },
    'SQLite’s own present': {
      says: /but got CURRENT_TIMESTAMP/,
      model: note('at: dateTime()«.default(sql`CURRENT_TIMESTAMP`)»'),
    },
    'SQLite’s own datetime()': {
      says: /but got \(datetime\('now'\)\)/,
      model: note("at: dateTime()«.default(sql`(datetime('now'))`)»"),
    },
    'a value that the column refuses': {
      says: /between -2147483648 and 2147483647, but got 2147483648/,
      model: note('count: integer().default(2147483648)'),
      mend: [
        /declare the column with a type that holds this one/,
        'integer().default(2147483648)',
        'real().default(2147483648)',
      ],
    },
    'a constant bigint': {
      says: /a constant BigInt, which migrations would garble/,
      model: note('wide: int64()«.default(5n)»'),
    },
    'a constant date': {
      says: /a constant DateTime/,
      model: note("at: integer({ mode: 'timestamp_ms' })«.default(new Date(5))»"),
    },
    'JSON with a quote': {
      says: /a constant JSON/,
      model: note(`data: text({ mode: 'json' })«.default({ a: "it's" })»`),
    },
    'an enum value that is no name': {
      says: /SCREAMING_SNAKE, but got "1st"/,
      model: note("kind: «text('the_kind', { enum: ['fine', '1st'] })»"),
    },
    'enum values of one name': {
      says: /"in progress" and "inProgress", both IN_PROGRESS/,
      model: note("kind: «text({ enum: ['in progress', 'inProgress'] })»"),
    },
  },
  Search: {
    'of a column that is not there': {
      says: /but got no such column at "titel"/,
      model: note("title: text('t'), body: text()", "shardKey: 'owner', «search: ['titel', 'body']»"),
    },
    'of nothing but a column that is not there': {
      says: /but got no such column/,
      model: note('title: text()', "shardKey: 'owner', «search: ['nothing']»"),
    },
    'of a number': {
      says: /but got Int at "count"/,
      model: note('title: text(), count: integer()', "shardKey: 'owner', «search: ['title', 'count']»"),
    },
    'of an enum': {
      says: /but got an enum/,
      model: note("title: text(), kind: text({ enum: ['a'] })", "shardKey: 'owner', «search: ['kind']»"),
    },
    'of a generated column': {
      says: /but got a generated column/,
      model: note(
        'title: text(), upper: text().generatedAlwaysAs(sql`upper(title)`)',
        "shardKey: 'owner', «search: ['upper']»",
      ),
    },
    'of a column twice': {
      says: /but got it twice/,
      model: note('title: text()', "shardKey: 'owner', «search: ['title', 'title']»"),
    },
    'of no column': {
      says: /1 to 24 columns in search, but got 0/,
      model: note('title: text()', "shardKey: 'owner', search: []"),
      mend: [/Leave search out/, ', search: []', ''],
    },
    'of a table without text': {
      says: /but got Int/,
      model: note('count: integer()', "shardKey: 'owner', search: ['count']"),
      mend: [/Leave search out: the table has no other column of plain text/, ", search: ['count']", ''],
    },
    'of 25 columns': {
      says: /1 to 24 columns in search, but got 25/,
      model: `const names = Array.from({ length: 25 }, (_, at) => 'c' + at); defineModel({ Note: { table: notes(Object.fromEntries(names.map((name) => [name, text()]))), shardKey: 'owner', «search: names» } })`,
    },
  },
  Cache: {
    'a mode that does not exist': {
      says: /mode to be one of .*, but got "EVENTUAL"/,
      model: cached("«mode: 'EVENTUAL'»"),
    },
    'a weakest mode that does not exist': {
      says: /weakest to be one of .*, but got "NONE"/,
      model: cached("mode: 'SESSION', «weakest: 'NONE'»"),
    },
    'a mode beyond the range': {
      says: /in this order .*, but got STRONG, CACHED, BOUNDED/,
      model: cached("«mode: 'CACHED', weakest: 'BOUNDED'»"),
    },
    'a range the wrong way round': {
      says: /in this order .*, but got CACHED, CACHED, BOUNDED/,
      model: cached("«strongest: 'CACHED', weakest: 'BOUNDED'»"),
    },
    'a bound of nothing': { says: /maxStalenessMs to be .*, but got 0/, model: cached('«maxStalenessMs: 0»') },
    'a bound beyond an hour': { says: /but got 7200000/, model: cached('«maxStalenessMs: 7_200_000»') },
    'a life beyond an hour': {
      says: /together at most 3600, but got 3600 and 30/,
      model: cached('«ttlSeconds: 3_600»'),
    },
    'a life of half a second': { says: /but got 0.5 and 30/, model: cached('«ttlSeconds: 0.5»') },
    'a refresh that does not exist': {
      says: /refresh to be one of none, hot, but got "always"/,
      model: cached("«refresh: 'always'»"),
    },
    'a strong column that is not there': {
      says: /columns of the table, but got "prize"/,
      model: cached("«strongColumns: ['title', 'prize']»"),
    },
  },
  Names: {
    'a list called node': {
      says: /list field that is free, but got "node", which every schema has/,
      model: note('', "shardKey: 'owner', «list: 'node'»"),
    },
    'a plural that is its singular': {
      says: /but got "series" for both/,
      model: `defineModel({ Series: { table: notes({}, undefined, 'series'), shardKey: 'owner', «» } })`,
    },
    'two lists of one name': {
      says: /list field that is free, but got "notes", which Note/,
      model: `defineModel({ Note: { table: notes(), shardKey: 'owner' }, Memo: { table: notes({}, undefined, 'memos'), shardKey: 'owner', «list: 'notes'» } })`,
    },
    'a single field that another table has': {
      says: /single field that is free, but got "note", which Note/,
      model: `defineModel({ Note: { table: notes(), shardKey: 'owner' }, Memo: { table: notes({}, undefined, 'memos'), shardKey: 'owner', «single: 'note'» } })`,
    },
    'a table whose list would be no name': {
      says: /list field that is a GraphQL name, but got "über"/,
      model: alone("notes({}, undefined, 'über')", "shardKey: 'owner', «»"),
    },
    'a list that is called as the type is': {
      says: /mutation field "createNote" once, but got it for one row and for several/,
      model: note('', "shardKey: 'owner', «list: 'Note'»"),
    },
    'lists whose mutations clash': {
      says: /mutation field "createNotes" once, but got it of Note/,
      model: `defineModel({ Note: { table: notes(), shardKey: 'owner', «» }, Notes: { table: notes({}, undefined, 'memos'), shardKey: 'owner', single: 'memo' } })`,
    },
    'a type that every schema has': {
      says: /"Query", which every schema has/,
      model: "defineModel({ Query: { table: notes(), shardKey: 'owner' } })",
      mend: [/Rename the type: its name is the key in defineModel/, 'Query:', 'Question:'],
    },
    'a type that another needs': {
      says: /"NoteEdge", which NoteEdge \(table "edges"\) has/,
      model:
        "defineModel({ Note: { table: notes(), shardKey: 'owner' }, NoteEdge: { table: notes({}, undefined, 'edges'), shardKey: 'owner' } })",
      mend: [/Rename one of the two: types by their keys in defineModel/, 'NoteEdge:', 'Edge:'],
    },
    'an enum that a type needs': {
      says: /the table needs, but got "NoteKey", which Note \(table "notes"\), column "key" has/,
      model: note("key: text({ enum: ['a'] })"),
      mend: [/columns by their properties in TypeScript/, 'key: text({', "kind: text('key', {"],
    },
    'a column called version': {
      says: /"version", which every type has/,
      model: note('version: integer()'),
      mend: [
        /Rename the column's property in TypeScript; its SQL name can stay/,
        'version: integer()',
        "release: integer('version')",
      ],
    },
    'a column called constructor': {
      says: /"constructor", which every JavaScript object has/,
      model: note("constructor: text('c')"),
      mend: [/Rename the column's property/, 'constructor: text', 'maker: text'],
    },
    'a relation called like a column': {
      says: /"label", which column "label" has/,
      model: bankWith("Account: { label: many.Account({ from: 'label', to: 'label' }) }"),
      mend: [/Rename the relation's property in TypeScript/, 'label: many', 'alike: many'],
    },
    'a column called like a filter on a relation': {
      says: /"moreAggregate" to be free/,
      model: `const more = notes({ moreAggregate: text('m') }); defineModel({ Note: { table: more, shardKey: 'owner' } }, ({ many }) => ({ Note: { more: many.Note({ from: 'id', to: 'id' }) } }))`,
      mend: [/Rename one of the two properties in TypeScript/, "moreAggregate: text('m')", "other: text('m')"],
    },
    'columns that groupBy would name alike': {
      says: /"dueAt" and "due_at", both DUE_AT/,
      model: note("dueAt: text('a'), due_at: text('b')"),
      mend: [/Rename one of the columns' properties/, 'due_at: text', 'due: text'],
    },
    'a column called like another in SQL': {
      says: /imports take both, but got "headline"/,
      model: note("title: text('headline'), headline: text('body')"),
      mend: [/Rename the column's property/, 'headline: text', 'body: text'],
    },
    'a table that SQLite mistakes': {
      says: /but got "old"/,
      model: alone("notes({}, undefined, 'old')"),
      mend: [/Rename the table in SQL: sqliteTable/, "'old'", "'older'"],
    },
    'a column with a quote': {
      says: /SQL name of the column without quotes/,
      model: note("mine: text('my\"own')"),
      mend: [/Rename the column in SQL/, 'my"own', 'my own'],
    },
    'one table twice': {
      says: /"NOTES" for the table of Memo as well as for the table of Note/,
      model:
        "defineModel({ Note: { table: notes(), shardKey: 'owner' }, Memo: { table: notes({}, undefined, 'NOTES'), shardKey: 'owner', list: 'memos' } })",
      mend: [/Rename one of them in SQL/, "'NOTES'", "'memos'"],
    },
  },
  Relations: {
    'to-many without a foreign key': {
      says: /foreign key from Account to User, but got none/,
      model: spread('User: { accounts: «many.Account()» }'),
    },
    'to-one without a foreign key': {
      says: /foreign key from Transfer to Tag, but got none/,
      model: spread('Transfer: { tag: «one.Tag()» }'),
    },
    'to-one by several foreign keys': {
      says: /one foreign key between Transfer and Account, but got several/,
      model: bankWith('Transfer: { account: «one.Account()» }'),
    },
    'to-many by several foreign keys': {
      says: /one foreign key between Account and Transfer, but got several/,
      model: bankWith('Account: { transfers: «many.Transfer()» }'),
    },
    'by a foreign key that is not there': {
      says: /named "nothing", but got none/,
      model: bankWith("Transfer: { account: «one.Account({ foreignKey: 'nothing' })» }"),
    },
    'to-one by columns that are no key, in a shard': {
      says: /columns that name one Transfer, but got owner, sourceId/,
      model: bankWith("Account: { transfer: «one.Transfer({ from: 'id', to: 'sourceId' })» }"),
    },
    'to-one by columns that are no key, across shards': {
      says: /columns that name one Tag over all shards, but got label/,
      model: spread("User: { tag: «one.Tag({ from: 'email', to: 'label' })» }"),
    },
    'to-one by no key of a table of its own ids': {
      says: /columns that name one User over all shards, but got email/,
      model: spread("User: { twin: «one.User({ from: 'email', to: 'email' })» }"),
    },
    'by columns of different types': {
      says: /Transfer\.cents \(int\) and Transfer\.id \(text\)/,
      model: `const odd = notes({ cents: «integer()» }, undefined, 'odds'); defineModel({ Transfer: { table: odd, shardKey: 'owner' } }, ({ many }) => ({ Transfer: { others: many.Transfer({ from: 'cents', to: 'id' }) } }))`,
    },
    'by columns of different number': {
      says: /as many columns in "from" as in "to", but got 2 and 1/,
      model: bankWith("Transfer: { other: one.Account({ from: ['owner', 'sourceId'], to: 'id' }) }"),
      mend: [/Name as many in each/, "to: 'id'", "to: ['owner', 'id']"],
    },
    'by a column that is not there': {
      says: /a column of Account, but got "number"/,
      model: bankWith("Transfer: { other: one.Account({ from: 'sourceId', to: 'number' }) }"),
      mend: [/Name one of owner, id, label/, "to: 'number'", "to: 'id'"],
    },
    'through a table that leads to its side twice': {
      says: /one way from Transfer to Account, but got several/,
      model: bankWith("Account: { partners: «many.Account({ through: 'Transfer' })» }"),
    },
    'through a table that leads nowhere': {
      says: /a foreign key or a to-one relation from Transfer to User, but got none/,
      model: spread("User: { accounts: «many.Account({ through: 'Transfer' })» }"),
    },
    'through a table to no key of another shard': {
      says: /columns that name one Tag over all shards, but got label/,
      model: spread(
        "User: { tags: many.Tag({ from: 'id', through: { type: 'Transfer', from: 'sourceId', to: 'targetId' }, to: 'label' }) }",
      ),
      mend: [/a key of Tag: code/, "to: 'label'", "to: 'code'"],
    },
    'of a type that is not there': {
      says: /a type of the model, but got "Person"/,
      model: bankWith("Person: { accounts: many.Account({ from: 'id', to: 'owner' }) }"),
      mend: [/Name one of Account, Transfer/, 'Person:', 'Transfer:'],
    },
    'through a type that is not there': {
      says: /a join table's type, but got "Payment"/,
      model: bankWith(
        "Account: { partners: many.Account({ from: 'id', through: { type: 'Payment', from: 'sourceId', to: 'targetId' }, to: 'id' }) }",
      ),
      mend: [/Name one of Account, Transfer/, "'Payment'", "'Transfer'"],
    },
  },
};

const strip = (text: string): string => text.replace(/«(?:\d»)?|»/g, '');
const problemsOf = (text: string): readonly ModelProblem[] => {
  try {
    build(text);
  } catch (error) {
    if (error instanceof ModelError) return error.problems;
    throw error;
  }
  return [];
};
const CODE = /``(.+?)``|`([^`]+)`/g;
const codesOf = (remedy: string): string[] => [...remedy.matchAll(CODE)].map(([, double, single]) => double ?? single!);

describe.each(Object.entries(WRONG))('%s', (_, models) => {
  it.each(Object.entries(models))('%s: what is said stands alone, and helps', (_, { says, model, mend = 'any' }) => {
    const problems = problemsOf(strip(model));
    expect(problems.map(({ message }) => message)).toEqual([expect.stringMatching(says)]);
    const [{ where, message, remedy }] = problems as [ModelProblem];
    expect(message).toMatch(/^Expected .+, but got .+\.$/s);
    expect(where).toMatch(/^(\w+ \(table "[^"]+"\)|Relations of \w+)/);
    expect(remedy).toMatch(/^[A-Z].*\.$/s);
    const codes = codesOf(remedy);
    for (const code of codes) expect(code).not.toContain('…');
    const mended =
      mend === 'any'
        ? codes.map((code) => model.replace(/«.*?»/s, () => code))
        : mend === 'all'
          ? [codes.reduce((text, code, at) => text.replace(`«${at + 1}»`, () => code), model)]
          : [followed(remedy, model, mend)];
    expect(mended.length, `code in the remedy: ${remedy}`).toBeGreaterThan(0);
    for (const text of mended) expect(problemsOf(strip(text)), `${remedy}\n${text}`).toEqual([]);
  });
});

function followed(remedy: string, model: string, [words, wrong, right]: readonly [RegExp, string, string]): string {
  expect(remedy).toMatch(words);
  expect(model).toContain(wrong);
  return model.replace(wrong, () => right);
}

it('are at least sixty', () => {
  expect(Object.values(WRONG).flatMap((models) => Object.keys(models)).length).toBeGreaterThanOrEqual(60);
});
