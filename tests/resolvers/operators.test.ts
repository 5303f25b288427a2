/** Every operator that the schema offers, on every column type, against a naive evaluation of hard values. */
import fc from 'fast-check';
import { type GraphQLInputObjectType, isListType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { wireToOutput } from '../../src/model/codec.ts';
import type { ColumnModel, WireValue } from '../../src/model/types.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { toShardKey } from '../../src/shards/shard-key.ts';
import model from '../models/all-types/model.ts';
import { columnValue, rowOf } from '../shards/server/read/arbitraries.ts';
import type { WireRow } from '../shards/server/read/lab-database.ts';
import { type Json, jsonTruth, type Steps, writePath } from '../support/naive-json.ts';
import { columnTruth } from '../support/naive-where.ts';
import { seedOfRun } from '../support/random.ts';
import { ALL_TYPES, Cluster } from './support/cluster.ts';
import { summary } from './support/run.ts';

const seed = seedOfRun();
const schema = buildSchema(model);
const cluster = new Cluster({ model, schema }, ALL_TYPES);
const sample = model.table('Sample');
const ROWS = 60;

const NAMES = ['a', 'b', 'a.b', 'é', '0', '1', '"', '\\', '\0', '$', "'", '😀', '__proto__', 'length', '[0]'];
const TEXTS = ['', 'a', 'A', 'ä', 'Ä', 'a\0b', '😀', '\uffff', '1', 'true', 'null', '%', '_', '\\', '"', '[1]', 'K'];
const NUMBERS = [
  0,
  1,
  -1,
  1.5,
  0.1,
  2 ** 53,
  2 ** 53 + 2,
  2 ** 60,
  2 ** 63,
  1e21,
  5e-324,
  1.7976931348623157e308,
  -1e300,
];
const scalar: fc.Arbitrary<string | number | boolean> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.constantFrom(...NUMBERS),
  fc.boolean(),
);
const { document } = fc.letrec<{ document: Json }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(scalar, fc.constant(null)),
    fc.array(tie('document'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.constantFrom(...NAMES), tie('document')), { maxLength: 4 })
      .map((entries) => JSON.parse(JSON.stringify(Object.fromEntries(entries))) as Json),
  ),
}));
/** Mostly containers: scalars alone have no paths. */
const documentText = fc
  .oneof(
    { weight: 1, arbitrary: document },
    { weight: 5, arbitrary: fc.dictionary(fc.constantFrom('a', 'b', '0', 'a.b'), document) },
  )
  .map((value) => JSON.stringify(value));

/** Moments, booleans and integers of 32 bits where GraphQL says so. */
function hardValue(column: ColumnModel): fc.Arbitrary<WireValue> {
  if (column.dateTime === 'iso') {
    return fc.constantFrom('0000-01-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z', '9999-12-31T23:59:59.999Z');
  }
  if (column.dateTime !== null) return fc.constantFrom(-1, 0, 1, 1_700_000_000);
  if (column.scalar === 'Boolean') return fc.constantFrom(0, 1);
  if (column.scalar === 'Int') return fc.constantFrom(0, 1, -1, 7, 2 ** 30 - 1, -(2 ** 30));
  return columnValue(column);
}

const narrow = Object.fromEntries(
  sample.columns
    .filter(({ scalar, generated }) => ['DateTime', 'Boolean', 'Int'].includes(scalar) && !generated)
    .map((column) => [
      column.name,
      column.notNull ? hardValue(column) : fc.oneof({ weight: 3, arbitrary: hardValue(column) }, fc.constant(null)),
    ]),
);

const rows: WireRow[] = fc
  .sample(
    rowOf(sample, {
      ...narrow,
      accountId: fc.constantFrom('a', 'é', 'x\0y'),
      realValue: fc.constantFrom(0, 0.1, 1.5, -2),
      json: documentText,
    }),
    { seed, numRuns: ROWS },
  )
  .map((row, index) => ({
    ...row,
    id: `${['', 'İ', '%', '😀'][index % 4]}${index}`,
    wide: String(BigInt(index - 30) * (2n ** 62n / 15n)),
    jsonOrNull: index % 5 === 0 ? null : fc.sample(documentText, { seed: seed + index, numRuns: 1 })[0]!,
    blobJson: index % 5 === 1 ? null : fc.sample(documentText, { seed: seed - index, numRuns: 1 })[0]!,
  }));
/** With the columns that SQLite generates. */
const stored: WireRow[] = rows.map((row) => ({
  ...row,
  upper: String(row.textValue).replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  doubled: Number(row.integerValue) * 2,
}));

beforeAll(async () => {
  const accounts = ['a', 'é', 'x\0y'];
  const shardKey = (id: string) => toShardKey(sample.shardKey, id);
  await cluster.importRows(
    'Account',
    ['id', 'name'],
    accounts.map((id) => ({ shardKey: shardKey(id), cells: [id, id] })),
  );
  const columns = sample.columns.filter(({ generated }) => !generated).map(({ name }) => name);
  await cluster.importRows(
    'Sample',
    columns,
    rows.map((row) => ({ shardKey: shardKey(String(row.accountId)), cells: columns.map((name) => row[name] ?? null) })),
  );
}, 60_000);

/** Ids of the rows that each filter keeps; all in one request. */
async function found(filters: readonly object[]): Promise<string[][]> {
  const fields = filters.map((_, n) => `f${n}: samples(where: $f${n}, first: 100) { nodes { id } }`);
  const data = await cluster.data(
    `query (${filters.map((_, n) => `$f${n}: SampleWhere`)}) { ${fields.join(' ')} }`,
    Object.fromEntries(filters.map((filter, n) => [`f${n}`, filter])),
  );
  return filters.map((_, n) => data[`f${n}`].nodes.map(({ id }: { id: string }) => id).sort());
}

const idsOf = (kept: (row: WireRow) => boolean | null): string[] =>
  stored
    .filter((row) => kept(row) === true)
    .map((row) => String(row.id))
    .sort();

const filterFields = (column: ColumnModel) => {
  const where = schema.getType('SampleWhere') as GraphQLInputObjectType;
  return Object.values((where.getFields()[column.name]!.type as GraphQLInputObjectType).getFields());
};

/** Operands of an operator: values that rows have, others, and parts and patterns of texts. */
function operandsOf(column: ColumnModel, operator: string, isList: boolean, count: number): unknown[] {
  const present = stored.map((row) => (row as WireRow)[column.name] ?? null).filter((value) => value !== null);
  const value = fc.oneof(fc.constantFrom(...present), hardValue(column)).map((wire) => wireToOutput(column, wire));
  const part = fc
    .tuple(value, fc.nat(3), fc.nat(3))
    .map(([text, from, length]) => [...String(text)].slice(from, from + length).join(''));
  const text = operator.endsWith('like')
    ? fc
        .tuple(fc.constantFrom('%', '_', ''), part, fc.constantFrom('%', '_%', '', '\\%', `%${'x'.repeat(60)}`))
        .map((parts) => parts.join(''))
    : fc.oneof(
        part,
        part.map((each) => each.toUpperCase()),
      );
  const operand = isList
    ? fc.array(value, operator === 'between' ? { minLength: 2, maxLength: 2 } : { maxLength: 4 })
    : /contains|With|like|ieq/.test(operator)
      ? text
      : value;
  return fc.sample(operand as fc.Arbitrary<unknown>, { seed: seed + operator.length, numRuns: count });
}

describe(`each operator (SEED=${seed})`, () => {
  it.each(sample.columns.filter(({ scalar }) => scalar !== 'JSON').map((column) => [column.name, column] as const))(
    'of %s keeps the rows that JavaScript keeps',
    async (name, column) => {
      const cases = filterFields(column).flatMap((field) =>
        field.name === 'isNull'
          ? [true, false].map((operand) => [field.name, operand] as const)
          : operandsOf(column, field.name, isListType(field.type), 5).map((operand) => [field.name, operand] as const),
      );
      const answers = await found(cases.map(([op, operand]) => ({ [name]: { [op]: operand } })));
      const negated = await found(cases.map(([op, operand]) => ({ NOT: { [name]: { [op]: operand } } })));
      for (const [index, [op, operand]] of cases.entries()) {
        const truth = (row: WireRow) => columnTruth(sample, row, name, op, operand);
        expect([op, operand, answers[index]]).toEqual([op, operand, idsOf(truth)]);
        expect(['not', op, operand, negated[index]]).toEqual([
          'not',
          op,
          operand,
          idsOf((row) => truth(row) === false),
        ]);
      }
    },
    60_000,
  );
});

const JSON_COLUMNS = ['json', 'jsonOrNull', 'blobJson'] as const;
const documentOf = (row: WireRow, name: string): Json | undefined =>
  row[name] == null ? undefined : JSON.parse(String(row[name]));

/** Paths that lead somewhere, and some that do not. */
function pathsOf(value: Json | undefined, steps: Steps = []): Steps[] {
  if (typeof value !== 'object' || value === null) return [steps];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value).filter(([name]) => name !== '');
  return [steps, ...entries.flatMap(([step, inner]) => pathsOf(inner as Json, [...steps, step]))];
}

const jsonCase = fc.constantFrom(...JSON_COLUMNS).chain((name) => {
  const paths = stored.flatMap((row) => pathsOf(documentOf(row, name)));
  const path = fc.oneof(
    fc.constantFrom(...paths),
    fc.array(fc.oneof(fc.constantFrom(...NAMES), fc.nat(3)), { maxLength: 3 }),
  );
  const comparable = fc.oneof(fc.constantFrom(...TEXTS), fc.constantFrom(...NUMBERS));
  const pair = fc.oneof(
    fc.tuple(fc.constantFrom(...TEXTS), fc.constantFrom(...TEXTS)),
    fc.tuple(fc.constantFrom(...NUMBERS), fc.constantFrom(...NUMBERS)),
  );
  const test: fc.Arbitrary<readonly [string, unknown]> = fc.oneof(
    fc.tuple(fc.constantFrom('eq', 'ne', 'has'), scalar),
    fc.tuple(fc.constantFrom('gt', 'gte', 'lt', 'lte'), comparable),
    fc.tuple(fc.constantFrom('in', 'notIn'), fc.array(scalar, { maxLength: 4 })),
    fc.tuple(fc.constant('between'), pair),
    fc.tuple(fc.constantFrom('contains', 'startsWith', 'iendsWith', 'icontains', 'ieq'), fc.constantFrom(...TEXTS)),
    fc.tuple(fc.constant('hasKey'), fc.constantFrom(...NAMES)),
    fc.tuple(fc.constant('isNull'), fc.boolean()),
  );
  return fc.record({ name: fc.constant(name), path, test, isNegated: fc.boolean() });
});

it(`JSON filters keep the rows that JavaScript keeps (SEED=${seed})`, async () => {
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(jsonCase, { minLength: 1, maxLength: 20 }), async (cases) => {
      const filters = cases.map(({ name, path, test: [op, operand], isNegated }) => {
        const where = { [name]: { ...(path.length > 0 && { path: writePath(path) }), [op]: operand } };
        return isNegated ? { NOT: where } : where;
      });
      const answers = await found(filters);
      for (const [index, { name, path, test, isNegated }] of cases.entries()) {
        const expected = idsOf((row) => jsonTruth(documentOf(row, name), path, ...test) === !isNegated);
        if (expected.length > 0 && expected.length < ROWS) kept++;
        expect([filters[index], answers[index]]).toEqual([filters[index], expected]);
      }
    }),
    { seed, numRuns: 60 },
  );
  expect(kept).toBeGreaterThan(30);
}, 120_000);

describe('a path in a selection', () => {
  it('gives what is there, or null', async () => {
    const row = stored.find((each) => pathsOf(documentOf(each, 'json')).length > 3)!;
    const paths = [...pathsOf(documentOf(row, 'json')).slice(1), ['nothing', 'there']];
    const { sample: answer } = await cluster.data(
      `query ($id: ID!, $account: ID!, ${paths.map((_, n) => `$p${n}: String`)}) { sample(by: { id: $id }, shardKey: $account) {
        ${paths.map((_, n) => `p${n}: json(path: $p${n})`).join(' ')} json(path: null)
      } }`,
      { id: row.id, account: row.accountId, ...Object.fromEntries(paths.map((path, n) => [`p${n}`, writePath(path)])) },
    );
    const { json, ...found } = answer;
    expect(json).toEqual(documentOf(row, 'json'));
    for (const [n, path] of paths.entries()) {
      const value = path.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)?.[step], json) ?? null;
      expect(found[`p${n}`], writePath(path)).toEqual(value);
    }
  });

  it.each([
    ['', 'empty'],
    ['a..b', 'empty'],
    ['.a', 'empty'],
    ['a.', 'empty'],
    ['a\\b', 'backslash'],
    ['a\\', 'backslash'],
    ['99999999999', 'up to'],
    [Array(101).fill('a').join('.'), 'steps'],
    ['half a character', 'well-formed'],
  ])('is refused as %s, in selections and filters', async (path, reason) => {
    const { data, errors } = await cluster.run(
      `query ($path: String) {
          a: samples(first: 1) { nodes { id json(path: $path) } }
          b: samples(where: { json: { path: $path, eq: 1 } }) { totalCount }
        }`,
      { path: reason === 'well-formed' ? '\ud800' : path },
    );
    expect(summary(errors).sort()).toEqual(['a.nodes.0.json BAD_USER_INPUT', 'b BAD_USER_INPUT']);
    for (const error of errors) expect(error.message).toContain(reason);
    expect(data.a.nodes[0]).toMatchObject({ id: expect.any(String), json: null });
  });
});

describe('a JSON filter refuses', () => {
  it.each([
    '{ eq: null }',
    '{ eq: [1] }',
    '{ ne: { a: 1 } }',
    '{ gt: true }',
    '{ between: [1] }',
    '{ between: [1, "a"] }',
    '{ between: [true, false] }',
    '{ in: [[1]] }',
    '{ in: [1, { a: 1 }] }',
    '{ has: [1] }',
    '{ has: null }',
    '{ hasKey: null }',
    '{ path: null, eq: 1 }',
    '{ isNull: null }',
    '{ contains: null }',
  ])('%s', async (filter) => {
    const { errors } = await cluster.run(`{ samples(where: { json: ${filter} }) { totalCount } }`);
    expect(summary(errors)).toEqual(['samples BAD_USER_INPUT']);
    expect(errors[0]!.message).toMatch(/^Expected .*, but got /);
  });
});
