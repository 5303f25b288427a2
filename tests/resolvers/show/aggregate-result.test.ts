import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AggregateSelection, type MeasureName } from '../../../src/plans/aggregates/aggregate-selection.ts';
import { GroupsPlan } from '../../../src/plans/aggregates/groups-plan.ts';
import { FilterBudget } from '../../../src/plans/filter/filter-budget.ts';
import { PlanValues } from '../../../src/plans/plan-values.ts';
import { AggregateResult } from '../../../src/resolvers/show/aggregate-result.ts';
import { showGroups } from '../../../src/resolvers/show/show-groups.ts';
import type { MeasureAnswer } from '../../../src/shards/plan/answer.ts';
import model from '../../models/all-types/model.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';

const table = model.table('Sample');
const runs = propertyRuns(500);

/** A measure of `count` rows whose shards gave `answer`. */
function measure(name: MeasureName, columnName: string, answer: MeasureAnswer, count = 1): unknown {
  const column = table.columnByName.get(columnName)!;
  const list = new AggregateSelection();
  list.need(name, column);
  return new AggregateResult(list, [count, answer, count]).output(name, column);
}

describe('sums and averages', () => {
  it('of Int are exact up to 2^53 and an error beyond', () => {
    expect(measure('sum', 'integerValue', '9007199254740991')).toBe(9007199254740991);
    expect(() => measure('sum', 'integerValue', '9007199254740992')).toThrow(
      'Expected the sum of integerValue to be at most 9007199254740991, so that it is exact, but got 9007199254740992.',
    );
    expect(measure('avg', 'integerValue', '18014398509481986', 2)).toBe(9007199254740992);
  });

  it('of Float are an error beyond the range of doubles', () => {
    expect(() => measure('sum', 'realValue', 'overflow')).toThrow(/^Expected the sum of realValue to be at most 1.79/);
    expect(() => measure('avg', 'realValue', 'overflow')).toThrow(/^Expected the sum of realValue/);
  });

  it('of BigInt and Decimal are text, rounded to 34 digits where they have no end', () => {
    expect(measure('sum', 'wide', '92233720368547758070')).toBe('92233720368547758070');
    expect(measure('avg', 'wide', '1', 3)).toBe('0.3333333333333333333333333333333333');
    expect(measure('avg', 'decimal', '-2', 3)).toBe('-0.6666666666666666666666666666666667');
    expect(measure('avg', 'decimal', '0.75', 2)).toBe('0.375');
    expect(measure('avg', 'decimal', `1${'0'.repeat(40)}`, 7)).toBe(
      `142857142857142857142857142857142900000`.padEnd(40, '0'),
    );
  });

  it('without values are null', () => {
    for (const name of ['sum', 'avg', 'min', 'max'] as const) expect(measure(name, 'decimal', null)).toBe(null);
  });

  it(`round averages to the nearest (${describeRuns(runs)})`, () => {
    const sums = fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n });
    fc.assert(
      fc.property(sums, fc.integer({ min: 1, max: 1e9 }), (sum, count) => {
        const text = measure('avg', 'wide', String(sum), count) as string;
        const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
        const scale = 10n ** BigInt(fraction.length);
        const error = BigInt(`${sign}${whole}${fraction}`) * BigInt(count) - sum * scale;
        // Half a unit of the 34th digit at most; zeros at the end are left out.
        const missing = 34 - (whole! + fraction).replace(/^0+/, '').length;
        const twice = 2n * (error < 0n ? -error : error) * 10n ** BigInt(Math.max(0, missing));
        expect(twice <= BigInt(count)).toBe(true);

        const double = measure('avg', 'integerValue', String(sum), count) as number;
        // Whole numbers beyond 2^53 are what they print as; their neighbours must not be nearer.
        if (Math.abs(double) < 2 ** 53) return;
        const distance = (number: number) => {
          const off = BigInt(number) * BigInt(count) - sum;
          return off < 0n ? -off : off;
        };
        const step = 2 ** (Math.floor(Math.log2(Math.abs(double))) - 52);
        expect(distance(double) <= distance(double + step) && distance(double) <= distance(double - step)).toBe(true);
      }),
      runs,
    );
  });
});

describe('bounds', () => {
  it('are told with a remedy', () => {
    expect(() => measure('countDistinct', 'textValue', null)).toThrow(
      'Expected at most 10,000 different values of textValue per shard, but got more; name the shardKey, where no such bound applies, or add a condition that narrows the rows.',
    );
    const plan = new GroupsPlan(table, { by: [{ field: 'level' }] }, new PlanValues(), new FilterBudget());
    expect(() => showGroups(plan, null)).toThrow(
      'Expected at most 10,000 groups per shard, but got more; group by fewer columns or longer periods, or add a condition that narrows the rows.',
    );
  });
});

describe('having', () => {
  it('takes text operators on columns of text alone', () => {
    const devices = model.table('Device');
    const having = { keys: { id: { startsWith: '1' } } };
    expect(
      () => new GroupsPlan(devices, { by: [{ field: 'id' }], having }, new PlanValues(), new FilterBudget()),
    ).toThrow('Expected having.keys.id.startsWith to be on a column of text, but got one that is stored otherwise.');
  });
});
