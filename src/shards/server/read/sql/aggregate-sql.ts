/** Aggregates over related rows, of the values `v` of a subquery. */
import { WIRE_KINDS } from '../../../../model/wire-kinds.ts';
import { ShardQLError } from '../../../errors.ts';
import type { AggregateFunction } from '../../../plan/computed.ts';
import type { Field } from '../compile/fields.ts';
import { type Expression, expression } from './expression.ts';

/** Where sums and averages end: JSON, in which values travel, has no infinity. */
const GREATEST_SUM = '1.7e308';
/** What sums and averages put around a value, and what the other functions do. */
const SUM_DEPTH = 6;
const FUNCTION_DEPTH = 2;

export const aggregateResult = (name: AggregateFunction, sql: string): Expression =>
  expression(sql, name === 'sum' || name === 'avg' ? SUM_DEPTH : FUNCTION_DEPTH);

export function aggregateFunctionSql(name: AggregateFunction, field: Field): string {
  switch (name) {
    case 'countDistinct':
      return 'count(DISTINCT v)';
    // SQLite's sum() of integers fails beyond 64 bits; total() goes on as a double.
    case 'sum':
      checkNumber(field);
      return `CASE WHEN count(v) > 0 THEN ${finite('total(v)')} END`;
    case 'avg':
      checkNumber(field);
      return finite('avg(v)');
    case 'count':
    case 'min':
    case 'max':
      return `${name}(v)`;
    default:
      return name satisfies never;
  }
}

const finite = (sum: string): string => `max(min(${sum}, ${GREATEST_SUM}), -${GREATEST_SUM})`;

function checkNumber({ name, wire }: Field): void {
  if (WIRE_KINDS[wire].sums !== null) return;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a column of numbers, but got ${name}.`);
}
