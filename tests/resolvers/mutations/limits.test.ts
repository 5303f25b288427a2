/** Mutations at the limits: how large a row may be, how many operations a field may ask for. */
import { beforeAll, describe, expect, it } from 'vitest';
import model from '../../models/library.ts';
import { createLabWorker } from '../../support/lab-worker.ts';

const worker = createLabWorker(model, 2);
const T = 'limits';

const mutate = (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  worker.graphql(query.replaceAll(/\$t\b/g, `"${T}"`), variables);

/** Code and place of the one error; null: there is none. */
async function refusal(query: string, variables: Readonly<Record<string, unknown>>) {
  const { errors } = await mutate(query, variables);
  if (errors.length === 0) return null;
  expect(errors).toHaveLength(1);
  const { code, inputPath } = errors[0]!.extensions as { code: string; inputPath?: unknown[] };
  return [code, inputPath?.join('.')];
}

const authors = async () => {
  const { data } = await worker.graphql(`{ authors(shardKey: "${T}") { nodes { id version } } }`);
  return data.authors.nodes;
};

beforeAll(async () => {
  await mutate('mutation { createTenant(data: { id: $t }) { id } }');
}, 60_000);

describe('A row of the greatest size is written, and one of a byte more is refused', () => {
  const NEW = 'tenantId: $t, id: "a", email: "a"';
  const BY = 'by: { id: "a" }, shardKey: $t,';
  const WHERE = 'where: { id: { eq: "a" } }, atMost: 1, shardKey: $t,';
  /** The row is there before, with a name of one character. */
  const CHANGES: readonly (readonly [field: string, place: string])[] = [
    [`updateAuthor(${BY} data: { name: $text })`, 'data'],
    [`updateAuthor(${BY} atomic: { name: { append: $rest } })`, 'atomic'],
    [`upsertAuthor(${BY} create: { ${NEW} }, update: { name: $text })`, 'update'],
    [`upsertAuthor(${BY} create: { ${NEW} }, atomic: { name: { prepend: $rest } })`, 'atomic'],
    [`updateAuthors(${WHERE} data: { name: $text })`, 'data'],
    [`updateAuthors(${WHERE} atomic: { name: { append: $rest } })`, 'atomic'],
    [`upsertAuthors(data: [{ ${NEW}, name: $text }])`, 'data.0'],
    [`createAuthors(data: [{ ${NEW}, name: $text }], onConflict: UPDATE)`, 'data.0'],
    [`transaction(operations: [{ updateAuthor: { ${BY} data: { name: $text } } }])`, 'operations.0.updateAuthor.data'],
  ];
  const CREATES: readonly (readonly [field: string, place: string])[] = [
    [`createAuthor(data: { ${NEW}, name: $text })`, 'data'],
    [`upsertAuthor(${BY} create: { ${NEW}, name: $text }, update: { name: "x" })`, 'create'],
    [`createAuthors(data: [{ ${NEW}, name: $text }])`, 'data.0'],
    [`createAuthors(data: [{ ${NEW}, name: $text, threads: { create: [] } }])`, 'data.0'],
    [`upsertAuthors(data: [{ ${NEW}, name: $text }])`, 'data.0'],
    [
      `createThread(data: { tenantId: $t, id: "t", topic: "t", author: { create: { id: "a", email: "a", name: $text } } })`,
      'data.author.create',
    ],
    [
      `transaction(operations: [{ createAuthor: { data: { ${NEW}, name: $text } } }])`,
      'operations.0.createAuthor.data',
    ],
  ];

  const query = (field: string) => {
    const used = ['text', 'rest'].filter((name) => field.includes(`$${name}`)).map((name) => `$${name}: String!`);
    const selection = field.startsWith('transaction')
      ? '{ results { affectedCount } }'
      : /^(update|upsert|create)Authors/.test(field)
        ? '{ affectedCount }'
        : '{ id }';
    return `mutation (${used}) { m: ${field} ${selection} }`;
  };
  const texts = (length: number) => ({ text: 'x'.repeat(length), rest: 'x'.repeat(length - 1) });
  const write = (field: string, length: number) => {
    const { text, rest } = texts(length);
    return refusal(query(field), field.includes('$rest') ? { rest } : { text });
  };

  let greatest = 0;
  beforeAll(async () => {
    const fits = async (length: number) => {
      const { errors } = await mutate(
        `mutation ($text: String!) { createAuthors(data: [{ ${NEW}, name: $text }], dryRun: true) { affectedCount } }`,
        { text: 'x'.repeat(length) },
      );
      return errors.length === 0;
    };
    let [low, high] = [1_999_000, 2_000_000];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (await fits(middle)) low = middle;
      else high = middle;
    }
    greatest = low;
  }, 60_000);

  const empty = () =>
    mutate(`mutation {
      deleteThreads(where: { id: { isNull: false }, topic: { ne: "" } }, atMost: 9, shardKey: $t) { affectedCount }
      purgeThread(by: { id: "t" }, shardKey: $t) { id }
      deleteAuthors(where: { id: { ne: "" } }, atMost: 9, shardKey: $t) { affectedCount }
    }`);

  it.each(CREATES)('by %s', async (field, place) => {
    await empty();
    expect(await write(field, greatest + 1)).toEqual(['VALUE_TOO_LARGE', place]);
    expect(await authors()).toEqual([]);
    expect(await write(field, greatest)).toBeNull();
    expect(await authors()).toHaveLength(1);
  });

  it.each(CHANGES)('by %s', async (field, place) => {
    await empty();
    await mutate(`mutation { createAuthor(data: { ${NEW}, name: "x" }) { id } }`);
    const before = await authors();
    expect(await write(field, greatest + 1)).toEqual(['VALUE_TOO_LARGE', place]);
    expect(await authors()).toEqual(before);
    expect(await write(field, greatest)).toBeNull();
    expect(await authors()).not.toEqual(before);
  });
});

describe('More than 10,000 operations', () => {
  const tag = (_: unknown, at: number) => ({ id: `${at}`, label: `${at}` });
  const own = (row: object) => ({ ...row, tenantId: T });
  const tags = Array.from({ length: 10_001 }, tag);

  it.each<[name: string, query: string, variables: Readonly<Record<string, unknown>>, place: string]>([
    [
      'rows to upsert',
      'mutation ($data: [TagUpsertInput!]!) { upsertTags(data: $data) { affectedCount } }',
      { data: tags.map(own) },
      'data',
    ],
    [
      'rows in a dry run',
      'mutation ($data: [TagCreateInput!]!) { createTags(data: $data, dryRun: true) { affectedCount } }',
      { data: tags.map(own) },
      'data',
    ],
    [
      'operations of a transaction',
      'mutation ($operations: [OperationInput!]!) { transaction(operations: $operations) { results { affectedCount } } }',
      { operations: tags.map((data) => ({ createTag: { data: own(data) } })) },
      'operations.10000.createTag',
    ],
    [
      'rows of several operations of a transaction',
      'mutation ($operations: [OperationInput!]!) { transaction(operations: $operations) { results { affectedCount } } }',
      {
        operations: [
          { createTags: { data: tags.slice(0, 5_000).map(own) } },
          { upsertTags: { data: tags.slice(5_000) } },
        ],
      },
      'operations.1.upsertTags',
    ],
  ])('are refused before a shard is asked: %s', async (_, query, variables, place) => {
    expect(await refusal(query, variables)).toEqual(['OPERATION_LIMIT_EXCEEDED', place]);
    const { data } = await worker.graphql(`{ tags(shardKey: "${T}") { totalCount } }`);
    expect(data.tags.totalCount).toBe(0);
  });
});
