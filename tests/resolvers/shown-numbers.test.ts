/** Sums and averages may be compared with exactly what is shown of them, however many digits that has. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/all-types/model.ts';
import { ALL_TYPES, Cluster } from './support/cluster.ts';
import { summary } from './support/run.ts';

const cluster = new Cluster({ model, schema: buildSchema(model) }, ALL_TYPES);

/** Averages that end after 34 digits, beside each other in the last of them or nearly, and sums of more than 15 digits. */
const SAMPLES: Readonly<Record<string, readonly (readonly [decimal: string, wide: string])[]>> = {
  third: [['1', '9223372036854775807'], ['0', '9223372036854775806'], ['0', '9223372036854775805']], // biome-ignore format: a row per group
  'two thirds': [['-1', '1'], ['-1', '2'], ['0', '5']], // biome-ignore format: a row per group
  'a third and a bit': [['1.00000000000001', '3'], ['0', '4'], ['0', '6']], // biome-ignore format: a row per group
  wide: [['999999999999999', '-7'], ['0.000000000001', '-8'], ['0', '-10']], // biome-ignore format: a row per group
  whole: [['1000', '10'], ['1000', '11'], ['1000', '12']], // biome-ignore format: a row per group
};

interface ShownGroup {
  readonly keys: { readonly textValue: string };
  readonly sum: { readonly decimal: string; readonly wide: string };
  readonly avg: { readonly decimal: string; readonly wide: string };
}

const GROUPS = `query ($having: SampleHaving) {
  samples { groupBy(by: { field: TEXT_VALUE }, having: $having) { keys { textValue } sum { decimal wide } avg { decimal wide } } }
}`;

async function groups(having: object = { count: { gt: 0 } }): Promise<readonly ShownGroup[]> {
  return (await cluster.data(GROUPS, { having })).samples.groupBy;
}
const namesOf = (shown: readonly ShownGroup[]) => shown.map(({ keys }) => keys.textValue);

let all: readonly ShownGroup[];

beforeAll(async () => {
  // Over several shards, where sums are put together from parts.
  const rows = Object.entries(SAMPLES).flatMap(([name, values]) =>
    values.map(
      ([decimal, wide], at) =>
        `{ accountId: "shown-${at}", textValue: ${JSON.stringify(name)}, decimal: "${decimal}", wide: "${wide}" }`,
    ),
  );
  await cluster.data(`mutation {
    ${[0, 1, 2].map((at) => `a${at}: createAccount(data: { id: "shown-${at}", name: "x" }) { __typename }`).join('\n')}
    ${rows.map((data, at) => `s${at}: createSample(data: ${data}) { __typename }`).join('\n')}
  }`);
  all = await groups();
}, 60_000);

it('what is shown has more digits than a column holds', () => {
  expect(namesOf(all)).toEqual(Object.keys(SAMPLES).sort());
  const digits = all
    .flatMap(({ sum, avg }) => [sum.decimal, sum.wide, avg.decimal, avg.wide])
    .map(({ length }) => length);
  expect(Math.max(...digits)).toBeGreaterThanOrEqual(35);
});

describe.each([
  ['avg', 'decimal'],
  ['avg', 'wide'],
  ['sum', 'decimal'],
  ['sum', 'wide'],
] as const)('having %s of %s', (measure, column) => {
  const shownOf = (group: ShownGroup) => group[measure][column];
  const having = (operators: object) => groups({ [measure]: { [column]: operators } });
  const asItIs = (operator: string) => (value: string) => having({ [operator]: value });

  it('finds each group by what it shows', async () => {
    for (const group of all) {
      const value = shownOf(group);
      for (const find of [
        asItIs('eq'),
        (one: string) => having({ in: [one] }),
        (one: string) => having({ between: [one, one] }),
      ]) {
        expect([value, namesOf(await find(value))]).toEqual([value, namesOf([group])]);
      }
    }
  });

  it('tells it apart from its neighbours', async () => {
    const wanted = async (keeps: (order: number) => boolean, value: string) =>
      namesOf(all.filter((other) => keeps(compare(shownOf(other), value))));
    for (const group of all) {
      const value = shownOf(group);
      expect(namesOf(await having({ gt: value }))).toEqual(await wanted((order) => order > 0, value));
      expect(namesOf(await having({ lt: value }))).toEqual(await wanted((order) => order < 0, value));
      // Longer by one digit: another number.
      const beside = `${value}${value.includes('.') ? '' : '.'}${'0'.repeat(20)}1`;
      expect(namesOf(await having({ eq: beside }))).toEqual([]);
    }
  });
});

it('having takes other forms of the same number', async () => {
  for (const value of ['1000', '1e3', '1000.00', '01000', 1000, '1.0E+3', '1000.']) {
    expect([value, namesOf(await groups({ avg: { decimal: { eq: value } } }))]).toEqual([value, ['whole']]);
  }
});

describe('filters on aggregates of related rows', () => {
  const accounts = async (operators: object) => {
    const where = { id: { startsWith: 'shown-' }, samplesAggregate: operators };
    return cluster.run('query ($where: AccountWhere) { accounts(where: $where) { nodes { id } } }', { where });
  };

  it('take what is shown too, as the nearest double', async () => {
    const long = `3.${'3'.repeat(40)}`;
    const { data } = await accounts({
      where: { textValue: { eq: 'third' } },
      sum: { decimal: { lt: `0.${'3'.repeat(40)}` } },
    });
    expect(data.accounts.nodes.map(({ id }: { id: string }) => id).sort()).toEqual(['shown-1', 'shown-2']);
    expect((await accounts({ sum: { wide: { in: [long, '9223372036854775808000'] } } })).errors).toEqual([]);
  });

  it('refuse what no double holds', async () => {
    const { errors } = await accounts({ sum: { decimal: { gt: '1e400' } } });
    expect(summary(errors)).toEqual(['accounts BAD_USER_INPUT']);
    expect(errors[0]!.message).toBe('Sample.decimal: Expected a finite number, but got Infinity.');
  });
});

describe('decimals of columns still have at most 15 digits', () => {
  const LONG = '0.1234567890123456';

  it.each<[string, string, object]>([
    [
      'in a filter',
      'query ($where: SampleWhere) { samples(where: $where) { totalCount } }',
      { where: { decimal: { eq: LONG } } },
    ],
    ['in a key of groups', GROUPS.replace('TEXT_VALUE', 'DECIMAL'), { having: { keys: { decimal: { gt: LONG } } } }],
    ['in an extreme of groups', GROUPS, { having: { max: { decimal: { gt: LONG } } } }],
    [
      'in a row',
      'mutation ($data: SampleCreateInput!) { createSample(data: $data) { id } }',
      { data: { accountId: 'shown-0', textValue: 'x', decimal: LONG } },
    ],
  ])('%s', async (_, query, variables) => {
    const { errors } = await cluster.run(query, variables as Record<string, unknown>);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(errors[0]!.message).toBe(
      `Sample.decimal: Expected a decimal number of at most 15 significant digits, but got "${LONG}".`,
    );
  });

  it('and operands at most 1,000', async () => {
    const { errors } = await cluster.run(GROUPS, { having: { avg: { decimal: { eq: `0.${'1'.repeat(1_001)}` } } } });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    expect(errors[0]!.message).toContain('Expected a decimal number of at most 1000 significant digits, but got');
  });
});

/** Exactly, by another way than the product's. */
function compare(a: string, b: string): number {
  const units = (text: string) => {
    const [whole, fraction = ''] = text.split('.') as [string, string?];
    return BigInt(whole + fraction.padEnd(60, '0'));
  };
  return units(a) < units(b) ? -1 : Number(units(a) > units(b));
}
