import { divideExact, type ExactDecimal, exactToText, parseExact } from '../../lib/exact-decimal.ts';
import { wireToOutput } from '../../model/codec.ts';
import type { ColumnModel, WireValue } from '../../model/types.ts';
import { isExactText } from '../../plans/aggregates/aggregatable.ts';
import type { AggregateSelection, MeasureName } from '../../plans/aggregates/aggregate-selection.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { requireFitting } from '../../shards/misfit-error.ts';
import { MAX_DISTINCT_VALUES } from '../../shards/plan/aggregate.ts';
import { type MeasureRow, MISFIT_NUMBER } from '../../shards/plan/answer.ts';

/** Significant digits of averages that are exact text: those of decimal128. */
const AVERAGE_DIGITS = 34;
/** Digits that decide which double is nearest, ties included: the remainder takes part as one more. */
const DOUBLE_DIGITS = 40;

/** The aggregates of all rows of a list, or of those of a group. */
export class AggregateResult {
  readonly #list: AggregateSelection;
  readonly #row: MeasureRow;

  constructor(list: AggregateSelection, row: MeasureRow) {
    this.#list = list;
    this.#row = row;
  }

  get count(): number {
    return this.#row[0];
  }

  /**
   * A measure as its GraphQL type has it; null without values.
   *
   * @throws ShardQLError VALUE_TOO_LARGE for sums that their type cannot hold; COST_LIMIT_EXCEEDED for too many distinct values.
   */
  output(name: MeasureName, column: ColumnModel): unknown {
    const value = this.value(name, column);
    if (name !== 'min' && name !== 'max') return value;
    requireFitting(column, value);
    return wireToOutput(column, value);
  }

  /** Like {@link output}, but a wire value for `min` and `max`. */
  value(name: MeasureName, column: ColumnModel): WireValue {
    switch (name) {
      case 'countDistinct': {
        const count = this.#at('countDistinct', column);
        if (count === null) throw tooManyValues(column);
        return count;
      }
      case 'min':
      case 'max':
        return this.#at(name, column);
      case 'sum':
        return this.#sum(column);
      case 'avg':
        return this.#average(column);
    }
  }

  /** The sum as the shards have added it up. */
  #added(column: ColumnModel): WireValue {
    const sum = this.#at('sum', column);
    if (sum === MISFIT_NUMBER) throw notOnlyNumbers(column);
    return sum;
  }

  #sum(column: ColumnModel): WireValue {
    const sum = this.#added(column);
    if (sum === null || isExactText(column)) return sum;
    if (column.wire === 'real') return inRange(sum, column);
    if (Number.isSafeInteger(Number(sum))) return Number(sum);
    throw new ShardQLError(
      'VALUE_TOO_LARGE',
      `Expected the sum of ${column.name} to be at most ${Number.MAX_SAFE_INTEGER}, so that it is exact, but got ${sum}.`,
      { field: column.name },
    );
  }

  #average(column: ColumnModel): WireValue {
    const sum = this.#added(column);
    if (sum === null) return null;
    const count = Number(this.#at('count', column));
    if (column.wire === 'real') return inRange(sum, column) / count;
    const exact = parseExact(sum as string);
    if (isExactText(column)) return exactToText(divideExact(exact, count, AVERAGE_DIGITS));
    return quotient(exact, count);
  }

  #at(op: 'count' | 'sum' | 'min' | 'max' | 'countDistinct', column: ColumnModel): WireValue {
    return this.#row[this.#list.positionOf(op, column)] as WireValue;
  }
}

/** The double nearest to the quotient. */
function quotient(sum: ExactDecimal, count: number): number {
  const whole = Number(exactToText(sum));
  return Number.isSafeInteger(whole) ? whole / count : Number(exactToText(divideExact(sum, count, DOUBLE_DIGITS)));
}

function inRange(sum: WireValue, column: ColumnModel): number {
  if (typeof sum === 'number') return sum;
  throw new ShardQLError(
    'VALUE_TOO_LARGE',
    `Expected the sum of ${column.name} to be at most ${Number.MAX_VALUE}, but got one beyond it.`,
    { field: column.name },
  );
}

const notOnlyNumbers = ({ name }: ColumnModel): ShardQLError =>
  new ShardQLError(
    'INVALID_VALUE',
    `Expected ${name} to hold numbers that it can store, but got rows with other values. Give them others, or leave them out.`,
    { field: name },
  );

const tooManyValues = ({ name }: ColumnModel): ShardQLError =>
  new ShardQLError(
    'COST_LIMIT_EXCEEDED',
    `Expected at most ${MAX_DISTINCT_VALUES.toLocaleString('en-US')} different values of ${name} per shard, but got more; name the shardKey, where no such bound applies, or add a condition that narrows the rows.`,
    { field: name },
  );
