/** Which kinds of columns can be shard keys: each is served through the whole surface, or refused at the start. */
import { blob, foreignKey, integer, numeric, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import { dateTime, int64 } from '../../src/model/columns.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { createLabWorker } from '../support/lab-worker.ts';

const textColumn = (name: string) => text(name);

interface Kind {
  /** What differs between types of columns is data: they pass as one. */
  readonly column: typeof textColumn;
  /** Two values as GraphQL gives them, in ascending order, and other forms in which it takes the first. */
  readonly values: readonly [string | number, string | number];
  readonly forms?: readonly (string | number)[];
  /** Scalar in the schema; null for enums, which each column has its own of. */
  readonly type: string | null;
}

const kind = (
  column: unknown,
  type: Kind['type'],
  values: Kind['values'],
  ...forms: readonly (string | number)[]
): Kind => ({
  column: column as Kind['column'],
  type,
  values,
  forms,
});

const SERVED: Readonly<Record<string, Kind>> = {
  text: kind((name: string) => text(name), 'ID', ['a:"b', 'é😀']),
  enum: kind((name: string) => text(name, { enum: ['east side', 'west'] }), null, ['EAST_SIDE', 'WEST']),
  'dateTime()': kind(
    (name: string) => dateTime(name),
    'DateTime',
    ['2024-01-01T00:00:00.000Z', '2024-06-01T12:00:00.001Z'],
    '2024-01-01',
    '2024-01-01T01:00:00+01:00',
  ),
  integer: kind((name: string) => integer(name), 'ID', ['-5', '9007199254740991'], -5),
  'timestamp in seconds': kind(
    (name: string) => integer(name, { mode: 'timestamp' }),
    'DateTime',
    ['2024-01-01T00:00:00.000Z', '2024-01-01T00:00:01.000Z'],
    '2024-01-01',
  ),
  'timestamp in milliseconds': kind(
    (name: string) => integer(name, { mode: 'timestamp_ms' }),
    'DateTime',
    ['1969-12-31T23:59:59.999Z', '2024-01-01T00:00:00.001Z'],
    '1970-01-01T00:59:59.999+01:00',
  ),
  'int64()': kind((name: string) => int64(name), 'ID', ['-9223372036854775808', '9223372036854775807']),
  'numeric as bigint': kind((name: string) => numeric(name, { mode: 'bigint' }), 'ID', ['-7', '999999999999999']),
  'blob of bytes': kind((name: string) => blob(name, { mode: 'buffer' }), 'ID', ['AP8=', '/wA=']),
};

const REFUSED: Readonly<Record<string, Kind['column']>> = {
  boolean: ((name: string) => integer(name, { mode: 'boolean' })) as never,
  real: ((name: string) => real(name)) as never,
  numeric: ((name: string) => numeric(name)) as never,
  'numeric as number': ((name: string) => numeric(name, { mode: 'number' })) as never,
  'JSON text': ((name: string) => text(name, { mode: 'json' })) as never,
  'JSON blob': ((name: string) => blob(name, { mode: 'json' })) as never,
  'blob of a bigint': ((name: string) => blob(name, { mode: 'bigint' })) as never,
};

/** Owners are their own shard key; items lie with their owner, visits refer to owners from elsewhere. */
function modelOf(column: Kind['column']) {
  const owners = sqliteTable('owners', { place: column('place').primaryKey(), name: text().notNull() });
  const items = sqliteTable(
    'items',
    { owner: column('owner').notNull(), id: integer().notNull(), title: text().notNull() },
    (t) => [
      primaryKey({ columns: [t.owner, t.id] }),
      foreignKey({ columns: [t.owner], foreignColumns: [owners.place] }).onDelete('cascade'),
    ],
  );
  const visits = sqliteTable('visits', { id: text().primaryKey(), ownerKey: column('owner_key') });
  return defineModel(
    {
      Owner: { table: owners, shardKey: 'place' },
      Item: { table: items, shardKey: 'owner', search: ['title'], cache: { mode: 'CACHED' } },
      Visit: { table: visits, shardKey: 'id' },
    },
    ({ one, many }) => ({
      Owner: { items: many.Item(), visits: many.Visit({ from: 'place', to: 'ownerKey' }) },
      Item: { ownerRow: one.Owner() },
      Visit: { owner: one.Owner({ from: 'ownerKey', to: 'place' }) },
    }),
  );
}

describe.each(Object.entries(SERVED))('A shard key of %s', (_, { column, type, values, forms = [] }) => {
  const api = createLabWorker(modelOf(column), 4);
  const [first, second] = values;
  const place = type ?? 'OwnerPlace';
  const owner = type ?? 'ItemOwner';
  const visitor = type ?? 'VisitOwnerKey';

  async function data(query: string, variables: Readonly<Record<string, unknown>> = {}) {
    const answer = await api.graphql(query, variables);
    expect(answer.errors).toEqual([]);
    return answer.data;
  }

  it('is created and read back', async () => {
    for (const key of values) {
      const made = await data(
        `mutation ($key: ${place}, $owner: ${owner}, $visitor: ${visitor}, $id: ID!) {
          owner: createOwner(data: { place: $key, name: "o" }) { place nodeId }
          item: createItem(data: { owner: $owner, id: 1, title: "red apple" }) { owner ownerRow { place } }
          createItem(data: { owner: $owner, id: 2, title: "pear" }) { id }
          createVisit(data: { id: $id, ownerKey: $visitor }) { owner { place } }
        }`,
        { key, owner: key, visitor: key, id: `visit ${key}` },
      );
      expect(made.owner.place).toBe(key);
      expect(made.item).toEqual({ owner: key, ownerRow: { place: key } });
      expect(
        (await data('query ($id: ID!) { node(nodeId: $id) { ... on Owner { place } } }', { id: made.owner.nodeId }))
          .node,
      ).toEqual({ place: key });
    }
  });

  it('names the shard: as argument, in by, in filters, in cursors, in each form that it is taken in', async () => {
    for (const form of [first, ...forms]) {
      const answer = await data(
        `query ($key: ${place}!, $owner: ${owner}!, $shardKey: ID) {
          owner(by: { place: $key }) { place items { totalCount } visits { totalCount } }
          item(by: { id: 1 }, shardKey: $shardKey) { owner title }
          items(shardKey: $shardKey, orderBy: [{ owner: DESC }]) { nodes { owner id } }
          filtered: items(where: { owner: { eq: $owner } }, first: 1) { nodes { id } pageInfo { endCursor } }
          listed: items(where: { owner: { in: [$owner] } }) { totalCount aggregate { countDistinct { owner } } }
          grouped: items(shardKey: $shardKey) { groupBy(by: [{ field: OWNER }]) { keys { owner } count } }
          found: items(search: "apple", shardKey: $shardKey) { totalCount }
        }`,
        { key: form, owner: form, shardKey: String(form) },
      );
      expect(answer).toMatchObject({
        owner: { place: first, items: { totalCount: 2 }, visits: { totalCount: 1 } },
        item: { owner: first, title: 'red apple' },
        items: {
          nodes: [
            { owner: first, id: '1' },
            { owner: first, id: '2' },
          ],
        },
        filtered: { nodes: [{ id: '1' }] },
        listed: { totalCount: 2, aggregate: { countDistinct: { owner: 1 } } },
        grouped: { groupBy: [{ keys: { owner: first }, count: 2 }] },
        found: { totalCount: 1 },
      });
      const page = `query ($after: String, $owner: ${owner}) { items(where: { owner: { eq: $owner } }, after: $after) { nodes { id } } }`;
      const next = await data(page, { after: answer.filtered.pageInfo.endCursor, owner: form });
      expect(next.items.nodes).toEqual([{ id: '2' }]);
    }
  });

  it('is ordered over all shards, and kept apart from others', async () => {
    const { owners, visits } = await data(
      '{ owners(orderBy: [{ place: ASC }]) { nodes { place } } visits(orderBy: [{ id: ASC }]) { nodes { owner { place items { totalCount } } } } }',
    );
    expect(owners.nodes).toEqual([{ place: first }, { place: second }]);
    expect(new Set(visits.nodes.map(({ owner }: { owner: { place: unknown } }) => owner.place))).toEqual(
      new Set(values),
    );
    const related = `query ($owner: ${owner}) { visits(where: { owner: { items: { some: { owner: { eq: $owner } } } } }) { totalCount } }`;
    expect((await data(related, { owner: second })).visits.totalCount).toBe(1);
  });

  it('is exported, imported, updated beside and deleted', async () => {
    const response = await api.fetch('/export?table=items');
    const text = new TextDecoder().decode(await response.arrayBuffer());
    const report = await (await api.fetch('/import?table=items', { method: 'POST', body: text })).json();
    expect(report).toMatchObject({ unchanged: 4, failed: 0 });
    const { updateItem, deleteOwner } = await data(
      `mutation ($key: ${place}!, $shardKey: ID) {
        updateItem(by: { id: 2 }, shardKey: $shardKey, data: { title: "plum" }) { owner title }
        deleteOwner(by: { place: $key }) { items { nodes { title } } }
      }`,
      { key: first, shardKey: String(first) },
    );
    expect(updateItem).toEqual({ owner: first, title: 'plum' });
    expect(deleteOwner.items.nodes).toEqual([{ title: 'red apple' }, { title: 'plum' }]);
    const left = await data(
      'query ($shardKey: ID) { items(shardKey: $shardKey) { totalCount } all: items { totalCount } }',
      { shardKey: String(first) },
    );
    expect(left).toEqual({ items: { totalCount: 0 }, all: { totalCount: 2 } });
  });
});

describe.each(Object.entries(REFUSED))('A shard key of %s', (_, column) => {
  it('is refused at the start, by name and with another type', () => {
    const table = sqliteTable('owners', { place: column('place').primaryKey() });
    expect(() => defineModel({ Owner: { table, shardKey: 'place' } })).toThrow(ModelError);
    expect(() => defineModel({ Owner: { table, shardKey: 'place' } })).toThrow(
      /Owner \(table "owners"\), column "place": Expected a shard key of text, integer or blob, but got .*such as `text\('place'\)`/,
    );
  });
});
