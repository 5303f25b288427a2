import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireValue } from '../../../../src/model/types.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { nodeDraft, rowOf, valueOf } from './arbitraries.ts';
import { inDatabase, type WireRow } from './lab-database.ts';
import { evaluate } from './naive-plan.ts';

const seed = Date.now() % 0x7fffffff;
const ACCOUNTS = ['a', 'b', 'é\0'];
const tableOf = (type: string) => model.tableByType.get(type)!;

/** Rows of one to three accounts: samples of all types, a category tree, series in categories. */
function randomTables(seed: number) {
  const take = <T>(arbitrary: fc.Arbitrary<T>, count: number) => fc.sample(arbitrary, { seed, numRuns: count });
  const account = fc.constantFrom(...ACCOUNTS);
  const id = fc.nat(1000).map(String);
  const number = fc.nat(40);
  const distinct = (rows: WireRow[], ...columns: string[]) => [
    ...new Map(rows.map((row) => [JSON.stringify(columns.map((column) => row[column])), row])).values(),
  ];
  const samples = take(
    rowOf(tableOf('Sample'), {
      accountId: account,
      id,
      wide: valueOf(tableOf('Sample').columnByName.get('wide')!),
      realValue: fc.constantFrom(0, -0, 0.1, 1.5, -2),
    }),
    90,
  );
  const categories = take(
    rowOf(tableOf('Category'), { accountId: account, id: number, parentId: fc.option(number, { freq: 4 }) }),
    60,
  );
  const series = take(rowOf(tableOf('Series'), { accountId: account, id }), 40);
  const links = take(fc.tuple(fc.constantFrom(...series), fc.constantFrom(...categories)), 200)
    .filter(([one, other]) => one.accountId === other.accountId)
    .map(([one, other], position) => ({
      accountId: one.accountId!,
      seriesId: one.id!,
      categoryId: other.id!,
      position,
    }));
  return {
    Account: ACCOUNTS.map((name) => ({ id: name, name })) as WireRow[],
    Sample: distinct(distinct(samples, 'accountId', 'id'), 'accountId', 'wide', 'levelOrNull').map((row) => ({
      ...row,
      upper: String(row.textValue).replace(/[a-z]/g, (letter) => letter.toUpperCase()),
      doubled: Number(row.integerValue) * 2,
    })),
    Category: distinct(categories, 'accountId', 'id'),
    Series: distinct(distinct(series, 'accountId', 'title'), 'accountId', 'id'),
    SeriesCategory: distinct(links, 'accountId', 'seriesId', 'categoryId') as WireRow[],
  };
}

const ROOTS: readonly (readonly [type: string, match: readonly string[], isMany: boolean])[] = [
  ['Sample', ['accountId'], true],
  ['Sample', [], true],
  ['Sample', ['accountId', 'id'], false],
  ['Sample', ['accountId', 'level'], true],
  ['Sample', ['level'], false],
  ['Account', ['id'], false],
  ['Category', ['accountId', 'parentId'], true],
  ['Category', ['id'], false],
  ['Series', ['accountId'], true],
];

describe('plans over random rows', () => {
  it.each([0, 1, 2])(
    `answer as a naive evaluation does (round %i, seed ${seed})`,
    async (round) => {
      const tables = randomTables(seed + round);
      const tableRows = (type: string): readonly WireRow[] => tables[type as keyof typeof tables];
      const callArbitrary = fc.constantFrom(...ROOTS).chain(([type, match, isMany]) =>
        fc
          .record({
            draft: nodeDraft(model, tables, type, { match, through: null }, isMany, 2),
            keys: fc.array(
              fc.constantFrom(...tableRows(type)).map((row) => match.map((column): WireValue => row[column] ?? null)),
              { minLength: 1, maxLength: match.length === 0 ? 1 : 5 },
            ),
          })
          .map(({ draft, keys }) => {
            const values: (WireValue | readonly WireValue[])[] = [];
            return { node: draft(values), values, keys };
          }),
      );
      await inDatabase(model, bundle, (database) => {
        for (const [type, rows] of Object.entries(tables)) database.insert(type, rows);
        fc.assert(
          fc.property(callArbitrary, ({ node, values, keys }) => {
            const answers = database.run(node, { values, keys });
            // As JSON: −0 and 0 are one value.
            expect(JSON.parse(JSON.stringify(answers))).toEqual(
              JSON.parse(JSON.stringify(evaluate(model, tables, node, values, keys))),
            );
          }),
          { seed: seed + round, numRuns: 500 },
        );
      });
    },
    120_000,
  );
});
