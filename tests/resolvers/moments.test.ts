/** Operands more exact than what a column holds: they keep their place between two of its values. */
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/schema/build-schema.ts';
import model from '../models/all-types/model.ts';
import { ALL_TYPES, Cluster } from './support/cluster.ts';
import { summary } from './support/run.ts';

const cluster = new Cluster({ model, schema: buildSchema(model) }, ALL_TYPES);
const NANOSECONDS = { seconds: 1_000_000_000n, milliseconds: 1_000_000n, moment: 1_000_000n };
const ROWS = [0, 1, 2];

/** `2026-01-01T00:00:00` and so many nanoseconds. */
const momentAt = (nanoseconds: bigint): string =>
  `2026-01-01T00:00:0${nanoseconds / 1_000_000_000n}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}Z`;

const TESTS = {
  eq: (order: number) => order === 0,
  ne: (order: number) => order !== 0,
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
};

const idsWhere = async (where: object) => {
  const query = 'query ($where: SampleWhere) { samples(where: $where, shardKey: "moments") { nodes { id } } }';
  const { samples } = await cluster.data(query, { where });
  return samples.nodes.map(({ id }: { id: string }) => Number(id));
};

beforeAll(async () => {
  await cluster.data('mutation { createAccount(data: { id: "moments", name: "x" }) { id } }');
  for (const row of ROWS) {
    const at = (column: keyof typeof NANOSECONDS) => momentAt(BigInt(row) * NANOSECONDS[column]);
    const moments = { seconds: at('seconds'), milliseconds: at('milliseconds'), moment: at('moment') };
    const data = { accountId: 'moments', id: String(row), textValue: '', wide: row, ...moments };
    await cluster.data('mutation ($data: SampleCreateInput!) { createSample(data: $data) { id } }', { data });
  }
});

describe.each(Object.entries(NANOSECONDS))('an operand on %s', (column, unit) => {
  /** On a value, next to it by a nanosecond, and half-way to the next. */
  const operands = ROWS.flatMap((row) => [0n, 1n, unit / 2n, unit - 1n].map((part) => BigInt(row) * unit + part));

  it.each(operands)('of %d ns compares as it stands', async (operand) => {
    for (const [operator, test] of Object.entries(TESTS)) {
      const expected = ROWS.filter((row) => test(Number(BigInt(row) * unit - operand)));
      expect([operator, await idsWhere({ [column]: { [operator]: momentAt(operand) } })]).toEqual([operator, expected]);
    }
    const isIt = (row: number) => BigInt(row) * unit === operand || row === 2;
    const list = [momentAt(operand), momentAt(2n * unit)];
    expect(await idsWhere({ [column]: { in: list } })).toEqual(ROWS.filter(isIt));
    expect(await idsWhere({ [column]: { notIn: list } })).toEqual(ROWS.filter((row) => !isIt(row)));
    const within = ROWS.filter((row) => BigInt(row) * unit >= operand && row <= 1);
    expect(await idsWhere({ [column]: { between: [momentAt(operand), momentAt(unit + 1n)] } })).toEqual(within);
  });

  it('decides about groups as about rows', async () => {
    const query = `query ($having: SampleHaving) { samples(shardKey: "moments") {
      groupBy(by: [{ field: ${{ seconds: 'SECONDS', milliseconds: 'MILLISECONDS', moment: 'MOMENT' }[column]} }], having: $having) { count } } }`;
    const having = { keys: { [column]: { gt: momentAt(unit / 2n) } } };
    expect((await cluster.data(query, { having })).samples.groupBy).toHaveLength(2);
  });
});

it('parts of a second that a column could not hold are refused where they would be written', async () => {
  const update =
    'mutation ($at: DateTime) { updateSample(by: { id: "0" }, shardKey: "moments", data: { seconds: $at }) { id } }';
  const { errors } = await cluster.run(update, { at: '2026-01-01T00:00:00.500Z' });
  expect(summary(errors)).toEqual(['updateSample BAD_USER_INPUT']);
  expect(errors[0]!.message).toContain('whole seconds');
});
