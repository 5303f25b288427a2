import { GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { requireExecutable, requireParsable } from '../../../src/http/graphql/document-limits.ts';
import { type RequestLimits, toRequestLimits } from '../../../src/http/graphql/request-limits.ts';
import { graphql, shopWorker } from '../support.ts';

const many = (count: number, each: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join(' ');

/** The code that a document is refused with; null: it is not. */
function refusalOf(text: string, limits: Partial<RequestLimits> = {}): unknown {
  try {
    requireParsable(text, toRequestLimits(limits));
    requireExecutable(parse(text), toRequestLimits(limits));
    return null;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return error.extensions.code;
  }
}

/** Fragments of which each spreads the next one twice: 2^levels fields. */
const doubling = (levels: number) =>
  `{ ...f0 } ${many(levels, (at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`)} fragment f${levels} on Query { a: __typename }`;

describe('a document', () => {
  it.each<[what: string, limits: Partial<RequestLimits>, code: string, (count: number) => string]>([
    ['tokens', { tokens: 10 }, 'TOKEN_LIMIT_EXCEEDED', (count) => `{ ${many(count - 2, (at) => `f${at}`)} }`],
    ['root fields', { rootFields: 10 }, 'COST_LIMIT_EXCEEDED', (count) => `{ ${many(count, (at) => `f${at}`)} }`],
    [
      'root fields in inline fragments',
      { rootFields: 10 },
      'COST_LIMIT_EXCEEDED',
      (count) => `{ ... on Query { ... { ${many(count - 1, (at) => `f${at}`)} } } last }`,
    ],
    [
      'root fields in fragments',
      { rootFields: 10 },
      'COST_LIMIT_EXCEEDED',
      (count) => `{ ${many(count, () => '...F')} } fragment F on Query { ...G } fragment G on Query { a { b c d } }`,
    ],
    [
      'fields',
      { fields: 10 },
      'COST_LIMIT_EXCEEDED',
      (count) => `{ a { b { ${many(count - 2, (at) => `f${at}`)} } } }`,
    ],
    [
      'fields in fragments',
      { fields: 10 },
      'COST_LIMIT_EXCEEDED',
      (count) => `{ a { ${many(count - 1, () => '...F')} } } fragment F on X { b }`,
    ],
    ['aliases', { aliases: 10 }, 'COST_LIMIT_EXCEEDED', (count) => `{ a { ${many(count, (at) => `f${at}: b`)} } }`],
    [
      'aliases in fragments',
      { aliases: 10 },
      'COST_LIMIT_EXCEEDED',
      (count) => `{ a { ${many(count, () => '...F')} } } fragment F on X { b: c }`,
    ],
    [
      'directives',
      { directives: 10 },
      'COST_LIMIT_EXCEEDED',
      (count) => `{ a ${many(count, () => '@include(if: true)')} }`,
    ],
    [
      'operations and fragments',
      { definitions: 10 },
      'COST_LIMIT_EXCEEDED',
      (count) => `query A { ...F0 } ${many(count - 1, (at) => `fragment F${at} on Query { a }`)}`,
    ],
    [
      'repeated fields',
      {},
      'COST_LIMIT_EXCEEDED',
      (count) => `{ x { ${many(count * 10 + 1 - (count === 10 ? 0 : 9), () => 'a')} } }`,
    ],
    [
      'fields repeated in inline fragments',
      {},
      'COST_LIMIT_EXCEEDED',
      (count) => `{ x { ${many(count === 10 ? 501 : 502, () => '... { a }')} } }`,
    ],
    [
      'fragments in one selection',
      {},
      'COST_LIMIT_EXCEEDED',
      (count) => `{ x { ${many(count === 10 ? 100 : 101, () => '...F')} } } fragment F on X { a }`,
    ],
  ])('may hold so many %s, and no more', (_, limits, code, document) => {
    expect(refusalOf(document(10), limits)).toBeNull();
    expect(refusalOf(document(11), limits)).toBe(code);
  });

  it('whose fragments multiply is refused, however often they do', () => {
    for (const levels of [10, 64, 200, 590]) {
      const limits = { definitions: 1_000, rootFields: 1_000 };
      expect(refusalOf(doubling(levels), limits)).toBe('COST_LIMIT_EXCEEDED');
    }
  });

  it('is counted for each operation by itself', () => {
    expect(refusalOf(`query A { a b } query B { a b }`, { rootFields: 2, fields: 2 })).toBeNull();
  });

  it('with quotes and comments is counted by its tokens', () => {
    expect(
      refusalOf(`{ a(b: "${'{ @x '.repeat(100)}") } # ${'@x '.repeat(100)}`, { tokens: 10, directives: 1 }),
    ).toBeNull();
  });

  // Work is counted, since times differ from run to run: each selection set is looked at once, in whatever fragment it is.
  it.each<[string, (count: number) => string]>([
    ['fragments that spread the next one twice', doubling],
    [
      'fragments that spread all later ones',
      (count) =>
        `{ ...f0 } ${many(count, (at) => `fragment f${at} on Query { ${many(Math.min(count - at - 1, 5), (next) => `...f${at + 1 + next}`)} a }`)}`,
    ],
    ['selections within each other', (count) => `{ ${'a { '.repeat(count)} b ${'} '.repeat(count)} }`],
    ['operations', (count) => many(count, (at) => `query q${at} { a }`)],
  ])('of %s is looked through in time that grows with its length', (_, make) => {
    const limits = Object.fromEntries(Object.keys(toRequestLimits({})).map((name) => [name, Number.MAX_SAFE_INTEGER]));
    const looksAt = (count: number): number => {
      let looks = 0;
      const document = parse(make(count), { noLocation: true });
      const counted = new Proxy(
        document,
        handler(() => looks++),
      ) as typeof document;
      try {
        requireExecutable(counted, limits as never);
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
      }
      return looks;
    };
    const [some, more] = [looksAt(50), looksAt(100)];
    expect(more / some).toBeGreaterThan(1.5);
    expect(more / some).toBeLessThan(2.2);
  });
});

/** Tells of each look at a selection set. */
const handler = (tell: () => void): ProxyHandler<object> => ({
  get(target, name, receiver) {
    const value = Reflect.get(target, name, receiver);
    if (name === 'selections') tell();
    return typeof value === 'object' && value !== null ? new Proxy(value, handler(tell)) : value;
  },
});

describe('POST /graphql', () => {
  const send = shopWorker();
  const codeOf = async (query: string) => {
    const { errors = [] } = await (await send('/graphql', graphql(query))).json<{
      errors?: { extensions: { code: string } }[];
    }>();
    return errors.map(({ extensions }) => extensions.code);
  };

  it('refuses documents over the default limits, new and known ones', async () => {
    const wide = (count: number) => `{ ${many(count, (at) => `f${at}: __typename`)} }`;
    expect(await codeOf(wide(100))).toEqual([]);
    for (const _ of ['new', 'known']) expect(await codeOf(wide(101))).toEqual(['COST_LIMIT_EXCEEDED']);
    expect(await codeOf(`{ ${many(15_000, () => 'a')} }`)).toEqual(['TOKEN_LIMIT_EXCEEDED']);
  });

  it('has limits of its own where they are configured', async () => {
    const strict = shopWorker(undefined, { limits: { rootFields: 1 } });
    const response = await strict('/graphql', graphql('{ a: __typename b: __typename }'));
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'COST_LIMIT_EXCEEDED' } }] });
  });

  it('cuts what graphql-js quotes of wrong variables', async () => {
    const query = 'query ($where: OrderWhere) { orders(where: $where) { totalCount } }';
    const where = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`unknown${at}`, at]));
    const body = JSON.stringify({ query, variables: { where } });
    const response = await send('/graphql', { ...graphql(''), body });
    const text = await response.text();
    expect(text).toContain('BAD_USER_INPUT');
    expect(text.length).toBeLessThan(200_000);
  });

  it.each([{ rootFields: 0 }, { tokens: 1.5 }, { aliases: '5' }, { depth: 5 }])(
    'says which limit is wrong: %j',
    async (limits) => {
      expect(() => toRequestLimits(limits as never)).toThrow(new RegExp(`^Expected limits.*${Object.keys(limits)[0]}`));
    },
  );
});
