/** How deep filters may nest: on real SQLite, which takes expressions of 100 levels. */
import { beforeAll, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/all-types/model.ts';
import { ALL_TYPES, Cluster } from './support/cluster.ts';
import { summary } from './support/run.ts';

type Where = Readonly<Record<string, unknown>>;

const cluster = new Cluster({ model, schema: buildSchema(model) }, ALL_TYPES);

/** A chain of categories: 1 is the parent of 2, which is the parent of 3, and so on. */
const CHAIN = 12;

beforeAll(async () => {
  await cluster.data(`mutation {
    createAccount(data: { id: "a", name: "Änne" }) { __typename }
    ${Array.from({ length: CHAIN }, (_, at) => `c${at}: createCategory(data: { accountId: "a", id: ${at + 1}, parentId: ${at || null}, name: "Änne ${at + 1}" }) { __typename }`).join('\n')}
  }`);
}, 60_000);

/** The list by itself and within its parents: with pages, from either end, and with the other side's probe. */
const DOCUMENT = `query ($where: CategoryWhere, $after: String) {
  categories(where: $where, first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { id } aggregate { count } }
  next: categories(where: $where, first: 2, after: $after) { pageInfo { hasPreviousPage } nodes { id } }
  accounts { nodes { categories(where: $where, last: 2, before: $after) { totalCount pageInfo { hasNextPage } nodes { id children(where: $where) { nodes { id } } } } } }
}`;

async function run(where: Where) {
  const { errors, data } = await cluster.run(DOCUMENT, { where, after: null });
  return { errors, data: data as { categories: { totalCount: number } } | null };
}

const TEXT = ['contains', 'startsWith', 'endsWith', 'like', 'icontains', 'istartsWith', 'iendsWith', 'ieq', 'ilike'];
const noSample = (json: Where): Where => ({ account: { samples: { none: { json } } } });
/** The deepest of each kind. */
const LEAVES: readonly (readonly [string, Where])[] = [
  ...['ieq', 'like', 'ilike'].map((operator) => [operator, { name: { [operator]: 'äNNE 1%' } }] as const),
  ...['icontains', 'ilike'].map((operator) => [`json ${operator}`, noSample({ [operator]: 'x' })] as const),
  ['json notIn', noSample({ notIn: [-1.5, 'x', true] })],
  ['aggregate', { childrenAggregate: { where: { name: { ilike: '%x_' } }, max: { name: { like: '_%_' } } } }],
];

/** One more relation, with as much AND, OR and NOT as a level of it usually has. */
const STEPS: readonly (readonly [string, (where: Where) => Where])[] = [
  ['some', (where) => ({ children: { some: { OR: [where, { id: { lt: 0 } }] } } })],
  ['every', (where) => ({ children: { every: { NOT: { AND: [where, { id: { gt: 0 } }] } } } })],
  ['none', (where) => ({ NOT: { children: { none: where } }, name: { ne: 'x' } })],
  ['one', (where) => ({ OR: [{ NOT: { parent: { NOT: where } } }, { name: { eq: 'x' } }] })],
  ['many-to-many', (where) => ({ allSeries: { none: { categories: { every: where } } } })],
  ['aggregate', (where) => ({ childrenAggregate: { where, count: { gte: 1 } } })],
];

/** At least: how often a filter names a relation. */
const relationsOf = (where: Where): number =>
  JSON.stringify(where).match(/"(children|parent|allSeries|categories|account|samples|childrenAggregate)":/g)?.length ??
  0;

it.each(STEPS)(
  'filters through %s run through three relations, and further until they are refused',
  async (_, step) => {
    for (const [name, leaf] of LEAVES) {
      let where = leaf;
      let accepted = 0;
      let codes: string[] = [];
      while (accepted < 20) {
        const { errors } = await run(step(where));
        codes = [...new Set(summary(errors).map((each) => each.split(' ').at(-1)!))];
        if (codes.length > 0) break;
        where = step(where);
        accepted = relationsOf(where);
      }
      expect([name, accepted >= 3 || accepted, codes]).toEqual([name, true, ['DEPTH_LIMIT_EXCEEDED']]);
    }
  },
);

it.each(TEXT)('%s finds what it must at the end of many relations', async (operator) => {
  const text = /endsWith/i.test(operator) ? 'nne 1' : 'Änne 1';
  let where: Where = { name: { [operator]: operator.startsWith('i') ? text.toUpperCase() : text } };
  for (let steps = 1; steps < 8; steps++) {
    where = { parent: where };
    const { errors, data } = await run(where);
    expect(summary(errors)).toEqual([]);
    const found = /contains|startsWith/i.test(operator) ? [1, 10, 11, 12] : [1];
    expect(data!.categories.totalCount).toBe(found.filter((id) => id + steps <= CHAIN).length);
  }
});
