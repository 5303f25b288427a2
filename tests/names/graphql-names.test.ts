/** Names that JavaScript's objects have, or that it reads as words of its own, are names like any other in GraphQL, or refused. */
// biome-ignore-all lint/suspicious/noThenProperty: it is what is tested.
import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineModel } from '../../src/model/define-model.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { defineExtensions } from '../../src/schema/extend/define-extensions.ts';
import { createLabWorker } from '../support/lab-worker.ts';
import { allColumns, DocumentBuilder, keyArguments } from '../support/surface/documents.ts';
import { planRows, type Row } from '../support/surface/rows.ts';

const OBJECT_NAMES = Object.getOwnPropertyNames(Object.prototype);
/** What JavaScript, promises, JSON or GraphQL ask objects for, and words of the language. */
const SPOKEN_NAMES = [
  ...[
    'then',
    'catch',
    'finally',
    'toJSON',
    'prototype',
    'length',
    'name',
    'arguments',
    'caller',
    'callee',
    'asyncIterator',
  ],
  ...[
    'iterator',
    'message',
    'stack',
    'cause',
    'errors',
    'data',
    'extensions',
    'path',
    'key',
    'value',
    'done',
    'next',
    'cells',
    'view',
  ],
  ...[
    'table',
    'columns',
    'get',
    'set',
    'has',
    'map',
    'size',
    'default',
    'class',
    'function',
    'await',
    'null',
    'undefined',
    'true',
  ],
  ...[
    'false',
    'NaN',
    'this',
    'super',
    'import',
    'enum',
    'where',
    'orderBy',
    'first',
    'after',
    'count',
    'sum',
    'min',
    'some',
    'every',
  ],
  ...[
    'eq',
    'in',
    'isNull',
    'by',
    'shardKey',
    'nodes',
    'edges',
    'node',
    'cursor',
    'rank',
    'keys',
    'query',
    'mutation',
    'on',
    'fragment',
  ],
];

describe('Columns and relations', () => {
  const tableOf = (sqlName: string) =>
    sqliteTable(
      sqlName,
      {
        tenant: text().notNull(),
        id: text().notNull(),
        parent: text('parent_id'),
        ...Object.fromEntries(SPOKEN_NAMES.map((name, at) => [name, text(`c${at}`)])),
      },
      (t) => [primaryKey({ columns: [t.tenant, t.id] })],
    );
  const relations = ['then_', 'catch_', 'toJSON_', 'prototype_'];
  const model = defineModel(
    {
      Plain: { table: tableOf('plain'), shardKey: 'tenant', list: 'plains', domain: 'x' },
      Other: {
        table: sqliteTable('others', { tenant: text().notNull(), id: text().notNull(), ref: text() }, (t) => [
          primaryKey({ columns: [t.tenant, t.id] }),
        ]),
        shardKey: 'tenant',
        domain: 'x',
      },
    },
    ({ one, many }) => ({
      Plain: { others: many.Other({ from: 'id', to: 'ref' }) },
      Other: Object.fromEntries(
        ['then', 'toJSON', 'prototype', 'length', 'finally', ...relations].map((name) => [
          name,
          one.Plain({ from: 'ref', to: 'id' }),
        ]),
      ),
    }),
  );
  const api = createLabWorker(model);
  const values = Object.fromEntries(SPOKEN_NAMES.map((name) => [name, `value of ${name}`]));

  beforeAll(async () => {
    const { errors } = await api.graphql(
      `mutation ($data: PlainCreateInput!) {
        createPlain(data: $data) { id }
        createOther(data: { tenant: "t", id: "o", ref: "p" }) { id }
      }`,
      { data: { tenant: 't', id: 'p', ...values } },
    );
    expect(errors).toEqual([]);
  });

  it('are written, selected, filtered, ordered and grouped', async () => {
    for (const name of SPOKEN_NAMES) {
      const field = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
      const { data, errors } = await api.graphql(
        `query ($where: PlainWhere) { plains(where: $where, orderBy: [{ ${name}: DESC }]) {
          nodes { ${name} } groupBy(by: [{ field: ${field} }]) { keys { ${name} } count } } }`,
        { where: { [name]: { startsWith: 'value of' }, NOT: { [name]: { eq: 'other' } } } },
      );
      expect(errors, name).toEqual([]);
      expect(data.plains.nodes, name).toEqual([{ [name]: values[name] }]);
      expect(data.plains.groupBy, name).toEqual([{ keys: { [name]: values[name] }, count: 1 }]);
    }
  });

  it('are followed, filtered through and ordered by', async () => {
    for (const name of ['then', 'toJSON', 'prototype', 'length', 'finally']) {
      const { data, errors } = await api.graphql(
        `query ($where: OtherWhere) { others(where: $where, orderBy: [{ ${name}: { then: ASC } }]) { nodes { ${name} { then toJSON others { totalCount } } } } }`,
        { where: { [name]: { then: { eq: values.then } } } },
      );
      expect(errors, name).toEqual([]);
      expect(data.others.nodes, name).toEqual([
        { [name]: { then: values.then, toJSON: values.toJSON, others: { totalCount: 1 } } },
      ]);
    }
  });

  it('are updated and deleted', async () => {
    const { data, errors } = await api.graphql(
      `mutation ($data: PlainUpdateInput) {
        updatePlain(by: { id: "p" }, shardKey: "t", data: $data) { then toJSON }
        deleteOther(by: { id: "o" }, shardKey: "t") { then { toJSON } }
      }`,
      { data: { then: 'now', toJSON: null } },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ updatePlain: { then: 'now', toJSON: null }, deleteOther: { then: { toJSON: null } } });
  });
});

describe('Types and lists', () => {
  const names = [
    ...OBJECT_NAMES.filter((name) => !name.startsWith('__')),
    'then',
    'Promise',
    'Object',
    'Function',
    'Symbol',
    'Proxy',
  ];
  const model = defineModel(
    Object.fromEntries(
      names.map((name, at) => [
        name,
        {
          table: sqliteTable(`t${at}`, { id: text().primaryKey(), title: text().notNull() }),
          shardKey: 'id' as const,
          single: `${name}_`,
          list: /^[a-z]/.test(name) ? name : `all${name}`,
          search: ['title' as const],
        },
      ]),
    ),
  );
  const api = createLabWorker(model);
  const rows = new Map<string, readonly Row[]>();

  it('are created, listed, searched, grouped, exported, updated and deleted', async () => {
    for (const [type, planned] of planRows(model)) {
      const table = model.table(type);
      const create = new DocumentBuilder('mutation');
      for (const [at, row] of planned.entries()) {
        create.field(
          `c${at}`,
          `create${type}(data: ${create.variable(`${type}CreateInput!`, row)}) { ${allColumns(table)} }`,
        );
      }
      const created = await api.graphql(create.text, create.variables);
      expect(created.errors, type).toEqual([]);
      rows.set(type, Object.values(created.data));
      const [first] = rows.get(type)!;
      const read = new DocumentBuilder('query');
      const all = `{ nodes { ${allColumns(table)} } }`;
      read.field('all', `${table.list}(orderBy: [{ title: ASC }]) ${all}`);
      read.field('found', `${table.list}(search: "text") { totalCount }`);
      read.field('grouped', `${table.list} { groupBy(by: [{ field: TITLE }]) { count } aggregate { count } }`);
      read.field(
        'one',
        `${table.single}(${keyArguments(read, table, table.primaryKey, first!)}) { ${allColumns(table)} }`,
      );
      read.field('node', `node(nodeId: ${read.variable('ID!', first!.nodeId)}) { __typename nodeId }`);
      const { data, errors } = await api.graphql(read.text, read.variables);
      expect(errors, type).toEqual([]);
      expect(data, type).toMatchObject({
        all: { nodes: rows.get(type) },
        found: { totalCount: planned.length },
        grouped: { aggregate: { count: planned.length } },
        one: first,
        node: { __typename: type, nodeId: first!.nodeId },
      });
      const file = await (await api.fetch(`/export?table=${table.sqlName}`)).arrayBuffer();
      const imported = await api.fetch(`/import?table=${type}`, { method: 'POST', body: file });
      expect(await imported.json(), type).toMatchObject({ unchanged: planned.length });
      const write = new DocumentBuilder('mutation');
      const key = keyArguments(write, table, table.primaryKey, first!);
      write.field('changed', `update${type}(${key}, data: { title: "other" }) { title }`);
      write.field('gone', `delete${type}(${key}) { title }`);
      const written = await api.graphql(write.text, write.variables);
      expect(written.errors, type).toEqual([]);
      expect(written.data).toEqual({ changed: { title: 'other' }, gone: { title: 'other' } });
    }
  });

  it('answer under aliases, and take variables, of these names', async () => {
    for (const name of OBJECT_NAMES) {
      const { data, errors } = await api.graphql(
        `query ($first: Int) { ${name}: then(first: $first) { ${name}: nodes { ${name}: title } } }`,
        { first: 1 },
      );
      expect(errors, name).toEqual([]);
      const title = rows.get('then')![1]!.title;
      expect(JSON.stringify(data), name).toBe(
        JSON.stringify({ it: { it: [{ it: title }] } }).replaceAll('"it"', JSON.stringify(name)),
      );
      if (name === '__proto__') continue;
      const given = await api.graphql(`query ($${name}: Int) { then(first: $${name}) { totalCount } }`, { [name]: 1 });
      expect(given.errors, name).toEqual([]);
    }
  });
});

describe('Fields of your own', () => {
  const plain = sqliteTable('plains', {
    id: text().primaryKey(),
    then: text(),
    toJSON: text('to_json'),
    prototype: text(),
  });
  const model = defineModel({ Plain: { table: plain, shardKey: 'id' } });
  const argumentNames = OBJECT_NAMES.filter((name) => !name.startsWith('__'));
  const extensions = defineExtensions(model, ({ builder, computed, row }) => {
    computed('Plain', 'told', {
      type: 'String',
      needs: ['then', 'toJSON', 'prototype'],
      description: 'Columns that JavaScript asks objects for.',
      resolve: (one) => [one.then, one.toJSON, one.prototype].join(' '),
    });
    builder.queryField('valueOf', (t) =>
      t.field({
        type: row('Plain'),
        nullable: true,
        description: 'A row with a `then`, which is not waited for.',
        args: { id: t.arg.id({ required: true }) },
        resolve: (_root, { id }, context) => context.load('Plain', { by: { id } }),
      }),
    );
    builder.queryField('toString', (t) =>
      t.field({
        type: 'String',
        nullable: true,
        description: 'Its arguments.',
        args: Object.fromEntries(argumentNames.map((name) => [name, t.arg.string({ required: false })])),
        resolve: (_root, args) => JSON.stringify(Object.entries(args)),
      }),
    );
  });
  const api = createLabWorker(model, 1, extensions);

  it('take arguments, need columns and give rows of these names', async () => {
    await api.graphql('mutation { createPlain(data: { id: "p", then: "a", toJSON: "b", prototype: "c" }) { id } }');
    const given = argumentNames.map((name) => `${name}: "${name}"`).join(' ');
    const { data, errors } = await api.graphql(
      `{ toString(${given}) none: toString plains { nodes { told } } valueOf(id: "p") { then toJSON told } }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      toString: JSON.stringify(argumentNames.map((name) => [name, name])),
      none: '[]',
      plains: { nodes: [{ told: 'a b c' }] },
      valueOf: { then: 'a', toJSON: 'b', told: 'a b c' },
    });
  });
});

describe('Names that graphql itself mistakes', () => {
  it.each(OBJECT_NAMES)('%s is refused for columns and relations', (name) => {
    const columns = Object.defineProperty({ id: text().primaryKey() }, name, {
      value: text('other'),
      enumerable: true,
    }) as {
      id: ReturnType<ReturnType<typeof text>['primaryKey']>;
    };
    expect(() => defineModel({ Note: { table: sqliteTable('notes', columns), shardKey: 'id' } })).toThrow(ModelError);
  });
});
