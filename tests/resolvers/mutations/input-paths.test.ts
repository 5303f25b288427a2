/** A mutation that is refused names the part of its arguments that is to blame, and has written nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import model from '../../models/library.ts';
import { createLabWorker } from '../../support/lab-worker.ts';

const worker = createLabWorker(model, 2);
const T = 'input-paths';

const mutate = (fields: string, variables: Readonly<Record<string, unknown>> = {}) => {
  const declared = Object.keys(variables).map((name) => `$${name}: String`);
  const query = `mutation ${declared.length > 0 ? `(${declared})` : ''} { ${fields.replaceAll('$t', `"${T}"`)} }`;
  return worker.graphql(query, variables);
};

/** All that is there. */
async function everything(): Promise<object> {
  const list = (name: string) => `${name}(shardKey: "${T}", first: 100) { nodes { id version } }`;
  const kept = (name: string) => `${name}(shardKey: "${T}", first: 100, includeDeleted: true) { nodes { id version } }`;
  const { data } = await worker.graphql(
    `{ ${['authors', 'books', 'publishers', 'tags'].map(list).join(' ')} ${['threads', 'posts'].map(kept).join(' ')} }`,
  );
  return data;
}

beforeAll(async () => {
  const { errors } = await mutate(`
    createTenants(data: [{ id: $t }, { id: "other" }]) { affectedCount }
    createPublisher(data: { tenantId: $t, id: "un", name: "un" }) { id }
    createAuthors(data: [{ tenantId: $t, id: "a", email: "a" }, { tenantId: $t, id: "b", email: "b" }]) { affectedCount }
    createBooks(data: [{ tenantId: $t, id: "x", authorId: "a", title: "x", isbn: "1" }, { tenantId: $t, id: "y", authorId: "a", title: "y", isbn: "2" }]) { affectedCount }
    createThreads(data: [{ tenantId: $t, id: "live", topic: "l" }, { tenantId: $t, id: "gone", topic: "g" }]) { affectedCount }
    deleteThread(by: { id: "gone" }, shardKey: $t) { id }
  `);
  expect(errors).toEqual([]);
}, 60_000);

/** `inherits`: in a transaction, the shard key of others makes it sound. */
type Refused = readonly [kind: string, type: string, args: string, code: string, place: string, inherits?: 'inherits'];

const by = (id: string) => `by: { id: "${id}" }, shardKey: $t,`;
const BOOKS = 'where: { id: { in: ["x", "y"] } }, atMost: 5, shardKey: $t,';
const NEW = 'tenantId: $t, id: "n"';

const NULLS: readonly Refused[] = [
  ...['data', 'atomic', 'expectedVersion', 'shardKey'].map(
    (name): Refused => ['update', 'Book', `by: { id: "x" }, ${name}: null`, 'BAD_USER_INPUT', name],
  ),
  ...['update', 'atomic', 'expectedVersion', 'shardKey'].map(
    (name): Refused => [
      'upsert',
      'Book',
      `by: { id: "x" }, create: { id: "x", title: "x", authorId: "a" }, ${name}: null`,
      'BAD_USER_INPUT',
      name,
    ],
  ),
  ...['delete', 'restore', 'purge'].flatMap((kind) =>
    ['expectedVersion', 'shardKey'].map(
      (name): Refused => [kind, 'Thread', `by: { id: "live" }, ${name}: null`, 'BAD_USER_INPUT', name],
    ),
  ),
  ['delete', 'Book', 'by: { id: "x" }, dryRun: null', 'BAD_USER_INPUT', 'dryRun'],
  ...['onConflict', 'conflictKey', 'dryRun'].map(
    (name): Refused => ['create', 'Books', `data: [], ${name}: null`, 'BAD_USER_INPUT', name],
  ),
  ...['conflictKey', 'dryRun'].map(
    (name): Refused => ['upsert', 'Books', `data: [], ${name}: null`, 'BAD_USER_INPUT', name],
  ),
  ...['data', 'atomic', 'dryRun'].map(
    (name): Refused => ['update', 'Books', `${BOOKS} ${name}: null`, 'BAD_USER_INPUT', name],
  ),
  ['update', 'Books', 'where: { id: { eq: "x" } }, atMost: 1, shardKey: null', 'BAD_USER_INPUT', 'shardKey'],
  ['delete', 'Books', 'where: { id: { eq: "x" } }, atMost: 1, shardKey: null', 'BAD_USER_INPUT', 'shardKey'],
  ['delete', 'Books', `${BOOKS} dryRun: null`, 'BAD_USER_INPUT', 'dryRun'],
  ['update', 'Book', `${by('x')} atomic: { stock: null }`, 'BAD_USER_INPUT', 'atomic.stock'],
  ['update', 'Book', `${by('x')} atomic: { stock: { increment: null } }`, 'BAD_USER_INPUT', 'atomic.stock.increment'],
  ['update', 'Book', `${by('x')} data: { title: null }`, 'NOT_NULL_VIOLATION', 'data.title'],
  ['update', 'Book', `${by('x')} data: { copies: null }`, 'BAD_USER_INPUT', 'data.copies'],
  ['update', 'Book', `${by('x')} data: { copies: { create: null } }`, 'BAD_USER_INPUT', 'data.copies.create'],
  [
    'update',
    'Author',
    `${by('a')} data: { books: { update: [{ by: { id: "x" }, data: null }] } }`,
    'BAD_USER_INPUT',
    'data.books.update.0.data',
  ],
  [
    'update',
    'Author',
    `${by('a')} data: { books: { update: [{ by: { id: "x" }, data: { title: "z" }, expectedVersion: null }] } }`,
    'BAD_USER_INPUT',
    'data.books.update.0.expectedVersion',
  ],
];

/** What is wrong in itself, and what only the rows that are there make wrong. */
const VALUES: readonly Refused[] = [
  ['create', 'Book', `data: { ${NEW}, authorId: "a", title: "" }`, 'INVALID_VALUE', 'data.title'],
  ['create', 'Book', `data: { ${NEW}, authorId: "none", title: "x" }`, 'FOREIGN_KEY_VIOLATION', 'data.authorId'],
  ['create', 'Author', `data: { ${NEW}, email: "a" }`, 'UNIQUE_VIOLATION', 'data.email'],
  ['update', 'Book', `${by('x')} expectedVersion: "9"`, 'CONFLICT', ''],
  ['update', 'Book', `${by('x')} expectedVersion: "no"`, 'BAD_USER_INPUT', 'expectedVersion'],
  ['update', 'Book', `${by('x')} data: { authorId: "none" }`, 'FOREIGN_KEY_VIOLATION', 'data.authorId'],
  ['update', 'Book', `${by('x')} data: { isbn: "2" }`, 'UNIQUE_VIOLATION', 'data.isbn'],
  ['update', 'Book', `${by('x')} data: { title: "" }`, 'INVALID_VALUE', 'data.title'],
  ['update', 'Author', `${by('a')} data: { name: "n" }, atomic: { score: { decrement: 1 } }`, 'CHECK_VIOLATION', ''],
  ['update', 'Author', `${by('a')} atomic: { score: { decrement: 1 } }`, 'CHECK_VIOLATION', 'atomic'],
  [
    'update',
    'Book',
    `${by('x')} data: { isbn: "3" }, atomic: { title: { append: "-too-long" } }`,
    'INVALID_VALUE',
    'atomic.title',
  ],
  [
    'update',
    'Author',
    `${by('a')} data: { name: "n" }, atomic: { email: { setIfNull: null } }`,
    'BAD_USER_INPUT',
    'atomic.email.setIfNull',
  ],
  [
    'update',
    'Author',
    `${by('a')} data: { name: "n" }, atomic: { name: { append: "x" } }`,
    'BAD_USER_INPUT',
    'atomic.name',
  ],
  // A column that follows changes is not in the arguments.
  ['update', 'Publisher', `${by('un')} atomic: { name: { append: "known" } }`, 'CHECK_VIOLATION', 'atomic'],
  [
    'upsert',
    'Book',
    `${by('n')} create: { id: "n", title: "x", authorId: "none" }`,
    'FOREIGN_KEY_VIOLATION',
    'create.authorId',
  ],
  [
    'upsert',
    'Book',
    `${by('n')} create: { id: "n", title: "" authorId: "a" }, update: { stock: 1 }`,
    'INVALID_VALUE',
    'create.title',
  ],
  [
    'upsert',
    'Book',
    `${by('x')} create: { id: "x", title: "x", authorId: "a" }, update: { isbn: "2" }`,
    'UNIQUE_VIOLATION',
    'update.isbn',
  ],
  [
    'upsert',
    'Book',
    `${by('x')} create: { id: "x", title: "x", authorId: "a", tenantId: "other" }`,
    'BAD_USER_INPUT',
    'create.tenantId',
  ],
  ['restore', 'Thread', `${by('live')}`, 'NOT_FOUND', ''],
  ['purge', 'Thread', `${by('live')}`, 'NOT_FOUND', ''],
  ['delete', 'Book', `${by('none')}`, 'NOT_FOUND', ''],
  ['delete', 'Book', 'by: { id: "x" }, shardKey: 1.5', 'VALIDATION', ''],
  [
    'create',
    'Books',
    `data: [{ ${NEW}, authorId: "a", title: "x" }, { tenantId: $t, id: "m", authorId: "a", title: "" }]`,
    'INVALID_VALUE',
    'data.1.title',
  ],
  ['create', 'Books', 'data: [{ id: "n", authorId: "a", title: "x" }]', 'NOT_NULL_VIOLATION', 'data.0', 'inherits'],
  ['create', 'Books', 'data: [], conflictKey: ISBN', 'BAD_USER_INPUT', 'conflictKey'],
  [
    'upsert',
    'Books',
    `data: [{ ${NEW}, authorId: "a", title: "x", expectedVersion: "no" }]`,
    'BAD_USER_INPUT',
    'data.0.expectedVersion',
  ],
  ['upsert', 'Books', `data: [{ ${NEW}, authorId: "a", title: "x", expectedVersion: "1" }]`, 'NOT_FOUND', 'data.0'],
  ['update', 'Books', `${BOOKS} data: { authorId: "none" }`, 'FOREIGN_KEY_VIOLATION', 'data.authorId'],
  ['update', 'Books', `${BOOKS} data: { title: "" }`, 'INVALID_VALUE', 'data.title'],
  ['update', 'Books', `${BOOKS} data: { isbn: "same" }`, 'UNIQUE_VIOLATION', 'data.isbn'],
  ['update', 'Books', `${BOOKS} data: { id: "z" }`, 'BAD_USER_INPUT', 'data.id'],
  ['update', 'Books', `${BOOKS} data: { copies: { create: [] } }`, 'BAD_USER_INPUT', 'data.copies'],
  ['update', 'Books', `${BOOKS} atomic: { title: { append: "-too-long" } }`, 'INVALID_VALUE', 'atomic.title'],
  [
    'update',
    'Books',
    `${BOOKS} data: { title: "z" }, atomic: { title: { append: "x" } }`,
    'BAD_USER_INPUT',
    'atomic.title',
  ],
];

const CHANGED = { update: 'data: { stock: 1 },', delete: '' };

/** Filters of `updateXs` and `deleteXs`. */
const FILTERS: readonly Refused[] = (['update', 'delete'] as const).flatMap((kind) =>
  (
    [
      ['where: {}, atMost: 5, shardKey: $t', 'where'],
      ['where: { AND: [] }, atMost: 5, shardKey: $t', 'where'],
      ['where: { NOT: {} }, atMost: 5, shardKey: $t', 'where'],
      ['where: { title: {} }, atMost: 5, shardKey: $t', 'where'],
      ['where: { OR: [{}, { id: { eq: "x" } }] }, atMost: 5, shardKey: $t', 'where'],
      ['where: { id: { notIn: [] } }, atMost: 5, shardKey: $t', 'where'],
      [
        'where: { AND: [{ id: { notIn: [] } }, { OR: [{ id: { gte: "" } }, { id: { eq: "x" } }] }] }, atMost: 5, shardKey: $t',
        'where',
      ],
      ['where: { copiesAggregate: { count: { gte: 0 } } }, atMost: 5, shardKey: $t', 'where'],
      ['where: { title: null }, atMost: 5, shardKey: $t', 'where'],
      ['where: { title: { eq: null } }, atMost: 5, shardKey: $t', 'where'],
      ['where: { tenantId: { eq: "other" }, id: { eq: "x" } }, atMost: 5, shardKey: $t', 'where'],
      [
        'where: { AND: [{ tenantId: { in: ["other", "more"] } }, { id: { eq: "x" } }] }, atMost: 5, shardKey: $t',
        'where',
      ],
      ['where: { tenantId: { in: [$t, "other"] }, id: { eq: "x" } }, atMost: 5', 'where', 'inherits'],
      ['where: { id: { eq: "x" } }, atMost: 5', 'where', 'inherits'],
      ['where: { id: { ne: "none" } }, atMost: 1, shardKey: $t', 'atMost'],
      ['where: { id: { eq: "x" } }, atMost: 0, shardKey: $t', 'atMost'],
      ['where: { id: { eq: "x" } }, atMost: 10001, shardKey: $t', 'atMost'],
    ] as const
  ).map(
    ([args, place, inherits]): Refused => [
      kind,
      'Books',
      `${CHANGED[kind]} ${args}`,
      'BAD_USER_INPUT',
      place,
      inherits,
    ],
  ),
);

const isMany = (type: string): boolean => type.endsWith('s');
const hasDryRun = (kind: string, type: string): boolean => isMany(type) || kind === 'delete';

async function refusal(fields: string) {
  const { errors } = await mutate(fields);
  expect(errors).toHaveLength(1);
  const { code, inputPath } = errors[0]!.extensions as { code: string; inputPath?: unknown[] };
  return [code === 'GRAPHQL_VALIDATION_FAILED' ? 'VALIDATION' : code, inputPath?.join('.') ?? ''];
}

describe('A mutation that is refused names the place', () => {
  it.each(
    [...NULLS, ...VALUES, ...FILTERS].map((refused) => [`${refused[0]}${refused[1]}(${refused[2]})`, refused] as const),
  )('in %s', async (_, [kind, type, args, code, place, inherits]) => {
    const before = await everything();
    const selection = isMany(type) ? '{ affectedCount }' : '{ id }';
    expect(await refusal(`m: ${kind}${type}(${args}) ${selection}`)).toEqual([code, place]);
    if (hasDryRun(kind, type) && !args.includes('dryRun')) {
      expect(await refusal(`m: ${kind}${type}(${args} dryRun: true) ${selection}`)).toEqual([code, place]);
    }
    if (code !== 'VALIDATION' && !args.includes('dryRun') && !inherits) {
      const member = `${kind}${type}`;
      const operations = `[{ updateAuthor: { ${by('b')} data: { name: "changed" } } } { ${member}: { ${args} } }]`;
      const inner = place === '' ? '' : `.${place}`;
      expect(await refusal(`transaction(operations: ${operations}) { results { affectedCount } }`)).toEqual([
        code,
        `operations.1.${member}${inner}`,
      ]);
    }
    expect(await everything()).toEqual(before);
  });
});
