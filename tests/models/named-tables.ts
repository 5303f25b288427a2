/**
 * A model whose names in SQL are given: families of four tables with columns of most kinds, keys, checks, indexes, full-text
 * search, relations in one shard and across shards; and what tests know of it besides, as a world.
 */
import { sql } from 'drizzle-orm';
import {
  blob,
  check,
  foreignKey,
  index,
  integer,
  numeric,
  primaryKey,
  real,
  type SQLiteTable,
  sqliteTable,
  text,
  unique,
} from 'drizzle-orm/sqlite-core';
import { dateTime, int64 } from '../../src/model/columns.ts';
import type { RelationHelpers, TableEntry } from '../../src/model/declaration.ts';
import { defineModel } from '../../src/model/define-model.ts';
import type { Model } from '../../src/model/types.ts';
import { columns, type Entity, many, one, type Row, type World } from '../support/queries/world.ts';
import { below, pick, type Random } from '../support/random.ts';

const TABLES_PER_FAMILY = 4;
/** So many families have a table for each name. */
export const familyCountOf = (names: readonly string[]): number => Math.ceil(names.length / TABLES_PER_FAMILY);

const COLUMNS = { owner: 2, item: 16, link: 4, tag: 2 };

/**
 * Each name is the name of one table (if there are families enough), and of columns: of one that is called as its table is, and
 * of as many others as there are places. Names of indexes and checks are made of them.
 *
 * @param names different without regard to case, more than the largest table has columns.
 */
export function namedTables(names: readonly string[], familyCount = familyCountOf(names)): Model {
  const families = Array.from({ length: familyCount }, (_, at) => family(names, at));
  const entries: Record<string, TableEntry> = Object.assign({}, ...families.map((family) => family.entries));
  return defineModel<Record<string, SQLiteTable>>(entries, (helpers) =>
    Object.assign({}, ...families.map((family) => family.relations(helpers))),
  );
}

interface Family {
  readonly entries: Readonly<Record<string, TableEntry>>;
  readonly relations: (helpers: RelationHelpers<Record<string, SQLiteTable>>) => Readonly<Record<string, object>>;
}

function family(names: readonly string[], at: number): Family {
  const tableName = (table: number) => names[at * TABLES_PER_FAMILY + table] ?? `table ${at} ${table}`;
  /** Names of a table's columns, its own first. */
  const columnNames = (table: number, count: number) => {
    const own = tableName(table);
    const others = names.filter((name) => name !== own);
    const start = ((at + table) * (COLUMNS.item - 1)) % others.length;
    return [own, ...[...others, ...others].slice(start, start + count - 1)] as [string, ...string[]];
  };
  const type = (name: string) => `${name}${at + 1}`;
  const [o, i, l, t] = [
    columnNames(0, COLUMNS.owner),
    columnNames(1, COLUMNS.item),
    columnNames(2, COLUMNS.link),
    columnNames(3, COLUMNS.tag),
  ];

  const owners = sqliteTable(tableName(0), { code: text(o[0]).primaryKey(), title: text(o[1]!).notNull() });

  const items = sqliteTable(
    tableName(1),
    {
      owner: text(i[1]!)
        .notNull()
        .references(() => owners.code, { onDelete: 'cascade' }),
      code: text(i[0]).notNull(),
      parentCode: text(i[2]!),
      words: text(i[3]!).notNull().default('none'),
      note: text(i[4]!),
      level: text(i[5]!, { enum: ['low', 'veryHigh'] })
        .notNull()
        .default('low'),
      amount: integer(i[6]!),
      ratio: real(i[7]!),
      flag: integer(i[8]!, { mode: 'boolean' }).notNull().default(false),
      moment: dateTime(i[9]!).notNull(),
      beginning: integer(i[10]!, { mode: 'timestamp' }),
      document: text(i[11]!, { mode: 'json' }),
      big: int64(i[12]!),
      decimal: numeric(i[13]!),
      bytes: blob(i[14]!, { mode: 'buffer' }),
      shouted: text(i[15]!).generatedAlwaysAs(sql`upper(${sql.identifier(i[3]!)})`),
    },
    (table) => [
      primaryKey({ columns: [table.owner, table.code] }),
      foreignKey({ columns: [table.owner, table.parentCode], foreignColumns: [table.owner, table.code] }),
      unique(`${tableName(1)} unique`).on(table.owner, table.amount),
      index(`${tableName(1)} parent`).on(table.owner, table.parentCode),
      index(`${tableName(1)} text`).on(table.owner, table.words, table.note),
      index(`${tableName(1)} lower`).on(table.owner, sql`lower(${sql.identifier(i[4]!)})`),
      index(`${tableName(1)} flagged`)
        .on(table.owner, table.moment)
        .where(sql`${sql.identifier(i[8]!)} = 1`),
      check(`${tableName(1)} check`, sql`${table.ratio} > -1e9`),
    ],
  );

  const links = sqliteTable(
    tableName(2),
    {
      owner: text(l[0]).notNull(),
      itemCode: text(l[1]!).notNull(),
      tagCode: text(l[2]!).notNull(),
      position: integer(l[3]!).notNull(),
    },
    (table) => [
      primaryKey({ columns: [table.owner, table.itemCode, table.tagCode] }),
      foreignKey({ columns: [table.owner, table.itemCode], foreignColumns: [items.owner, items.code] }).onDelete(
        'cascade',
      ),
      index(`${tableName(2)} tag`).on(table.tagCode),
    ],
  );

  const tags = sqliteTable(tableName(3), { code: text(t[0]).primaryKey(), title: text(t[1]!).notNull() });

  const [Owner, Item, Link, Tag] = [type('Owner'), type('Item'), type('Link'), type('Tag')];
  const fields = (single: string) => ({ single: `${single}${at + 1}`, list: `${single}s${at + 1}` });
  return {
    entries: {
      [Owner]: { table: owners, shardKey: 'code', ...fields('owner') },
      [Item]: { table: items, shardKey: 'owner', search: ['words', 'note'], ...fields('item') },
      [Link]: { table: links, shardKey: 'owner', ...fields('link') },
      [Tag]: { table: tags, shardKey: 'code', search: ['title'], ...fields('tag') },
    },
    relations: ({ one, many }) => ({
      [Owner]: { items: many[Item]!() },
      [Item]: {
        ownerOf: one[Owner]!(),
        parentItem: one[Item]!(),
        children: many[Item]!(),
        links: many[Link]!(),
        tags: many[Tag]!({ through: Link }),
        alike: many[Item]!({ from: 'words', to: 'words' }),
      },
      [Link]: { item: one[Item]!(), tag: one[Tag]!({ from: 'tagCode', to: 'code' }) },
      [Tag]: { links: many[Link]!({ from: 'code', to: 'tagCode' }), items: many[Item]!({ through: Link }) },
    }),
  };
}

/** The same as a world, with rows. */
export function namedWorld(familyCount: number, random: Random): World {
  const worlds = Array.from({ length: familyCount }, (_, at) => familyWorld(at, random));
  return {
    name: 'names',
    entities: worlds.flatMap(({ entities }) => entities),
    rows: Object.assign({}, ...worlds.map(({ rows }) => rows)),
  };
}

const of = 'owner=owner';
const across = { colocated: false };

function familyWorld(at: number, random: Random): Pick<World, 'entities' | 'rows'> {
  const type = (name: string) => `${name}${at + 1}`;
  const [Owner, Item, Link, Tag] = [type('Owner'), type('Item'), type('Link'), type('Tag')];
  const entity = (
    name: string,
    shardKey: string,
    primaryKey: readonly string[],
    columnsText: string,
    relations: Entity['relations'],
  ): Entity => ({
    type: type(name),
    list: `${name.toLowerCase()}s${at + 1}`,
    shardKey,
    primaryKey,
    columns: columns(columnsText, { level: ['low', 'veryHigh'] }),
    relations,
  });
  const entities = [
    entity('Owner', 'code', ['code'], 'code:id title:text', [many('items', Item, 'code=owner')]),
    entity('Tag', 'code', ['code'], 'code:id title:text', [
      many('links', Link, 'code=tagCode', across),
      many('items', Item, 'code=tagCode', { ...across, through: [Link, `${of},itemCode=code`] }),
    ]),
    entity(
      'Item',
      'owner',
      ['owner', 'code'],
      `owner:id code:id parentCode:id? words:text note:text? level:enum amount:int? ratio:float? flag:boolean moment:dateTime
       beginning:seconds? document:json? big:bigInt? decimal:decimal? bytes:bytes? shouted:text?=`,
      [
        one('ownerOf', Owner, 'owner=code'),
        one('parentItem', Item, `${of},parentCode=code`),
        many('children', Item, `${of},code=parentCode`),
        many('links', Link, `${of},code=itemCode`),
        many('tags', Tag, `${of},code=itemCode`, { ...across, through: [Link, 'tagCode=code'] }),
        many('alike', Item, `${of},words=words`),
      ],
    ),
    entity('Link', 'owner', ['owner', 'itemCode', 'tagCode'], 'owner:id itemCode:id tagCode:id position:int', [
      one('item', Item, `${of},itemCode=code`),
      one('tag', Tag, 'tagCode=code', across),
    ]),
  ];
  const maybe = <T extends Row[string]>(value: T): T | null => (random() < 0.3 ? null : value);
  const rows: Record<string, Row[]> = { [Owner]: [], [Tag]: [], [Item]: [], [Link]: [] };
  for (const tag of TAGS) rows[Tag]!.push({ code: tag, title: `${pick(random, TEXTS)} ${tag}` });
  for (const owner of OWNERS) {
    rows[Owner]!.push({ code: owner, title: pick(random, TEXTS) });
    for (let item = 0; item < ITEMS; item++) {
      const code = `${owner}${item}`;
      const words = pick(random, TEXTS);
      rows[Item]!.push({
        owner,
        code,
        parentCode: item > 0 ? maybe(`${owner}${below(random, item)}`) : null,
        words,
        note: maybe(pick(random, TEXTS)),
        level: pick(random, ['LOW', 'VERY_HIGH']),
        amount: maybe(item * 3 - 2),
        ratio: maybe((below(random, 9) - 4) / 4),
        flag: random() < 0.5,
        moment: new Date(Date.UTC(2024, below(random, 12), 1 + below(random, 28), 12)).toISOString(),
        beginning: maybe(new Date(Date.UTC(2020 + below(random, 5), 0, 1)).toISOString()),
        document: maybe({ a: { b: below(random, 3) }, c: 'x' }),
        big: maybe(`${2n ** 60n + BigInt(below(random, 4))}`),
        decimal: maybe(`${below(random, 9) + 1}.5`),
        bytes: maybe(pick(random, ['AA==', 'AP8='])),
        // As SQLite's upper(): ASCII alone.
        shouted: words.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
      });
      for (const tagCode of TAGS) {
        // The first one is always there: each table has a row.
        if (rows[Link]!.length === 0 || random() < 0.4)
          rows[Link]!.push({ owner, itemCode: code, tagCode, position: below(random, 3) });
      }
    }
  }
  return { entities, rows };
}

const OWNERS = ['a', 'B'];
const ITEMS = 4;
const TAGS = ['red', 'green'];
const TEXTS = ['true', 'false', 'null', 'Äpfel true', 'select 1', 'it’s', 'b'];
