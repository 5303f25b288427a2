/** Another model, started with `--config`: every column type keeps its values exactly, also where JavaScript would round. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorSummary } from '../support/graphql.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ shards: 2, config: 'tests/e2e/all-types-worker/wrangler.toml' });
  const answer = await server.graphql('mutation { createAccount(data: { id: "a", name: "A" }) { id } }');
  expect(answer.errors).toEqual([]);
});
afterAll(() => server?.stop());

const CREATE = (selection: string) =>
  `mutation ($data: SampleCreateInput!) { createSample(data: $data) { id ${selection} } }`;

/** A value of each kind of column that is easily lost on the way to SQLite and back. */
const EXACT: readonly (readonly [column: string, values: readonly unknown[]])[] = [
  ['wide', ['-9223372036854775808', '-9007199254740993', '-1', '0', '9007199254740993', '9223372036854775807']],
  ['blobBigint', ['-9223372036854775808', '9223372036854775807', '0']],
  ['decimal', ['-123456789012.345', '0.1', '999999999999999', '0', '-0.000001']],
  // Another column of 32 bits is its double.
  ['integerValue', [-1_073_741_824, -1, 0, 1_073_741_823]],
  ['integerOrNull', [-2_147_483_648, 2_147_483_647]],
  ['realValue', [-999_999_999.5, -0.1, 0, 5e-324, 0.30000000000000004, 1.7976931348623157e308]],
  ['flag', [true, false]],
  ['bytes', ['', 'AA==', 'AP8=', 'c29tZSBieXRlcw==']],
  ['blobJson', [{ a: [1, null, '\u{1F600}'] }, [], 'text', 0, false]],
  ['json', [{ a: { b: [1.5, 'x\u0000y', true] } }, [[]], '', -1e-7]],
  ['textValue', ['', 'a\u0000b', '\u{1F600}\uFF5E', '5', '5.0', "'"]],
  ['level', ['LOW', 'VERY_HIGH', 'IN_BETWEEN']],
  ['moment', ['0000-01-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z', '9999-12-31T23:59:59.999Z']],
  ['milliseconds', ['1969-12-31T23:59:59.999Z', '2025-01-01T00:00:00.001Z']],
  ['seconds', ['1969-12-31T23:59:59.000Z', '2038-01-19T03:14:08.000Z']],
];

describe.each(EXACT)('%s', (column, values) => {
  it('comes back as it was given, from the write and from a later read', async () => {
    for (const [index, value] of values.entries()) {
      const data: Record<string, unknown> = {
        accountId: 'a',
        id: `${column}-${index}`,
        textValue: 't',
        [column]: value,
      };
      if (column !== 'wide') data.wide = String(1_000_000 + Math.floor(Math.random() * 1e9));
      const created = await server.graphql(CREATE(column), { data });
      expect(created.errors, JSON.stringify(value)).toEqual([]);
      expect(created.data.createSample[column]).toEqual(value);
      const read = await server.graphql(`query ($id: ID!) { sample(by: { id: $id }, shardKey: "a") { ${column} } }`, {
        id: data.id,
      });
      expect(read.data.sample[column]).toEqual(value);
    }
  });
});

it('filters and orders 64-bit integers by value, over pages', async () => {
  const wide = EXACT[0]![1] as string[];
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const answer = await server.graphql(
      `query ($after: String) {
        samples(where: { id: { gt: "wide-", lt: "wide." } }, orderBy: [{ wide: DESC }], first: 2, after: $after) {
          nodes { wide } pageInfo { hasNextPage endCursor }
        }
      }`,
      { after },
    );
    expect(answer.errors).toEqual([]);
    seen.push(...answer.data.samples.nodes.map((node: { wide: string }) => node.wide));
    after = answer.data.samples.pageInfo.hasNextPage ? answer.data.samples.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen).toEqual(wide.toReversed());

  const answer = await server.graphql(
    `query ($wide: [BigInt!]!) {
      above: samples(where: { id: { gt: "wide-", lt: "wide." }, wide: { gt: 9007199254740992 } }) { totalCount }
      exact: samples(where: { wide: { eq: "9007199254740993" } }) { nodes { wide } }
      listed: samples(where: { wide: { in: $wide } }) { totalCount }
    }`,
    { wide },
  );
  expect(answer.errors).toEqual([]);
  expect(answer.data).toEqual({
    above: { totalCount: 2 },
    exact: { nodes: [{ wide: '9007199254740993' }] },
    listed: { totalCount: wide.length },
  });
});

it('keeps negative and blob shard keys apart', async () => {
  const answer = await server.graphql(`mutation {
    a: createDevice(data: { id: -1, serial: "-9223372036854775808", name: "minus" }) { id serial }
    b: createDevice(data: { id: 1, serial: "1", name: "plus", hubId: -1 }) { id hub { name } }
    c: createDocument(data: { hash: "AP8=", content: "x" }) { hash }
  }`);
  expect(answer.errors).toEqual([]);
  expect(answer.data).toEqual({
    a: { id: '-1', serial: '-9223372036854775808' },
    b: { id: '1', hub: { name: 'minus' } },
    c: { hash: 'AP8=' },
  });
  const read = await server.graphql(`{
    device(by: { id: -1 }) { name attached { nodes { name } } }
    document(by: { hash: "AP8=" }) { content }
    missing: document(by: { hash: "AP4=" }) { content }
  }`);
  expect(read.errors).toEqual([]);
  expect(read.data).toEqual({
    device: { name: 'minus', attached: { nodes: [{ name: 'plus' }] } },
    document: { content: 'x' },
    missing: null,
  });
});

it('follows many-to-many and self relations', async () => {
  const answer = await server.graphql(`mutation {
    a: createCategory(data: { accountId: "a", id: 1, name: "root" }) { name }
    b: createCategory(data: { accountId: "a", id: 2, parentId: 1, name: "leaf" }) { parent { name } }
    c: createSeries(data: { accountId: "a", id: "s1", title: "One" }) { title }
    d: createSeries(data: { accountId: "a", id: "s2", title: "Two" }) { title }
    e: createSeriesCategory(data: { accountId: "a", seriesId: "s1", categoryId: 2 }) { series { title } category { name } }
    f: createSeriesCategory(data: { accountId: "a", seriesId: "s2", categoryId: 2 }) { series { title } }
  }`);
  expect(answer.errors).toEqual([]);
  expect(answer.data.e).toEqual({ series: { title: 'One' }, category: { name: 'leaf' } });
  const read = await server.graphql(`{
    categories(where: { id: { eq: 1 } }) { nodes { children { nodes { name
      allSeries(orderBy: [{ title: DESC }], first: 1) { totalCount nodes { title categories { nodes { name } } } } } } } }
    seriesCategory(by: { seriesIdAndCategoryId: { seriesId: "s2", categoryId: 2 } }, shardKey: "a") { series { title } }
  }`);
  expect(read.errors).toEqual([]);
  expect(read.data).toEqual({
    categories: {
      nodes: [
        {
          children: {
            nodes: [
              {
                name: 'leaf',
                allSeries: { totalCount: 2, nodes: [{ title: 'Two', categories: { nodes: [{ name: 'leaf' }] } }] },
              },
            ],
          },
        },
      ],
    },
    seriesCategory: { series: { title: 'Two' } },
  });
});

describe('refuses', () => {
  const create = (data: Record<string, unknown>) =>
    server.graphql(CREATE(''), { data: { accountId: 'a', textValue: 't', ...data } });

  it.each<[string, Record<string, unknown>]>([
    ['integers beyond 64 bits', { wide: '9223372036854775808' }],
    ['a fraction where a whole number is asked for', { wide: 1.5 }],
    ['decimals of too many digits', { decimal: '1234567890.1234567' }],
    ['bytes that are no base64', { bytes: 'A' }],
    ['moments beyond the year 9999', { moment: '+010000-01-01T00:00:00.000Z' }],
  ])('%s', async (_, data) => {
    const answer = await create(data);
    expect(answer.errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
    expect(answer.data?.createSample ?? null).toBeNull();
  });

  it('infinity', async () => {
    const body = JSON.stringify({
      query: CREATE(''),
      variables: { data: { accountId: 'a', textValue: 't', realValue: 0 } },
    });
    for (const infinity of ['1e999', '-1e999']) {
      const response = await fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: body.replace('"realValue":0', `"realValue":${infinity}`),
      });
      const answer = (await response.json()) as { errors: { extensions: { code: string } }[] };
      expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('a value outside its check', async () => {
    expect(errorSummary(await create({ realValue: -1e9 }))).toEqual(['createSample CHECK_VIOLATION']);
  });
});
