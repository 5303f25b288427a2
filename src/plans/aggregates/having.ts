import type { ColumnModel, TableModel, WireValue } from '../../model/types.ts';
import { parseDecimalOperand } from '../../model/values/decimal.ts';
import { type ComparisonOperator, isComparison, isTextOperator } from '../../shards/plan/filter.ts';
import { textMatcher } from '../../shards/text-matcher.ts';
import { toOperand } from '../arguments/wire-input.ts';
import { boundsOf, checkListLength, requireText } from '../filter/column-filter.ts';
import { checkFilterDepth, type FilterBudget } from '../filter/filter-budget.ts';
import { givenFields, nullOperand, type WhereInput } from '../filter/filter-terms.ts';
import { isExactText } from './aggregatable.ts';
import { compareNumbers, comparePart, type GroupPart, type GroupValues, membership } from './group-values.ts';

/** True, false, or unknown (null), as in SQL. */
type Truth = boolean | null;
type Condition = (group: GroupValues) => Truth;
type Value = Exclude<WireValue, null>;
type Test = (value: Value) => boolean;
/** Called for each part of a group that the conditions look at. */
type Need = (part: GroupPart, column: ColumnModel, path: string) => void;

/** @param having after GraphQL's own checks. */
export function havingCondition(
  table: TableModel,
  having: WhereInput,
  need: Need,
  budget: FilterBudget,
): (group: GroupValues) => boolean {
  const condition = new HavingPlanner(table, need, budget).having(having, 'having', 1);
  return (group) => condition(group) === true;
}

const every =
  (conditions: readonly Condition[]): Condition =>
  (group) => {
    let truth: Truth = true;
    for (const condition of conditions) {
      const term = condition(group);
      if (term === false) return false;
      if (term === null) truth = null;
    }
    return truth;
  };

const not =
  (condition: Condition): Condition =>
  (group) => {
    const truth = condition(group);
    return truth === null ? null : !truth;
  };

/** By De Morgan, in three values too. */
const some = (conditions: readonly Condition[]): Condition => not(every(conditions.map(not)));

class HavingPlanner {
  readonly #table: TableModel;
  readonly #need: Need;
  readonly #budget: FilterBudget;

  constructor(table: TableModel, need: Need, budget: FilterBudget) {
    this.#table = table;
    this.#need = need;
    this.#budget = budget;
  }

  having(having: WhereInput, path: string, depth: number): Condition {
    checkFilterDepth(depth);
    return every(
      [...givenFields(having, path)].map(([name, condition, at]) => {
        switch (name) {
          case 'AND':
            return every(this.#each(condition as readonly WhereInput[], at, depth));
          case 'OR':
            return some(this.#each(condition as readonly WhereInput[], at, depth));
          case 'NOT':
            return not(this.having(condition as WhereInput, at, depth + 1));
          case 'count':
            return this.#tests(
              condition as WhereInput,
              at,
              (group) => group.count,
              compareNumbers,
              (value) => value as number,
            );
          default:
            return this.#part(name as GroupPart, condition as WhereInput, at);
        }
      }),
    );
  }

  #each(havings: readonly WhereInput[], path: string, depth: number): Condition[] {
    return havings.map((having, index) => this.having(having, `${path}.${index}`, depth + 1));
  }

  #part(part: GroupPart, columns: WhereInput, path: string): Condition {
    return every(
      [...givenFields(columns, path)].map(([name, operators, at]) => {
        const column = this.#table.columnByName.get(name)!;
        this.#need(part, column, at);
        const toValue = (operand: unknown) => this.#operand(part, column, operand);
        const textOperator = Object.keys(operators as WhereInput).find(isTextOperator);
        if (textOperator) requireText(column, `${at}.${textOperator}`);
        const compare = comparePart(part, column);
        return this.#tests(operators as WhereInput, at, (group) => group.part(part, column), compare, toValue);
      }),
    );
  }

  /** Operands are of the part's type: only keys and extremes are values of the column. */
  #operand(part: GroupPart, column: ColumnModel, operand: unknown): Value {
    if (part === 'keys' || part === 'min' || part === 'max') return toOperand(this.#table, column, operand);
    return part !== 'countDistinct' && isExactText(column) ? parseDecimalOperand(operand) : (operand as Value);
  }

  #tests(
    operators: WhereInput,
    path: string,
    pick: (group: GroupValues) => WireValue,
    compare: (a: Value, b: Value) => number,
    toValue: (operand: unknown) => Value,
  ): Condition {
    return every(
      [...givenFields(operators, path)].map(([operator, operand, at]): Condition => {
        this.#budget.spend();
        if (operator === 'isNull') return (group) => (pick(group) === null) === operand;
        const isList = operator === 'in' || operator === 'notIn';
        if (isList && (operand as readonly unknown[]).length === 0) return () => operator === 'notIn';
        const test = testOf(operator, operand, at, compare, toValue);
        return (group) => {
          const value = pick(group);
          return value === null ? null : test(value);
        };
      }),
    );
  }
}

function testOf(
  operator: string,
  operand: unknown,
  path: string,
  compare: (a: Value, b: Value) => number,
  toValue: (operand: unknown) => Value,
): Test {
  if (isComparison(operator)) {
    const against = toValue(operand);
    return (value) => COMPARISONS[operator](compare(value, against));
  }
  if (isTextOperator(operator)) {
    const matches = textMatcher(operator, operand as string);
    return (value) => matches(String(value));
  }
  const operands = operand as readonly unknown[];
  checkListLength(operands, path);
  const values = operands.map((each, index) => {
    if (each === null) throw nullOperand(`${path}.${index}`);
    return toValue(each);
  });
  if (operator !== 'between') {
    const isAmong = membership(values, compare);
    return (value) => isAmong(value) === (operator === 'in');
  }
  const [low, high] = boundsOf(values, path) as [Value, Value];
  return (value) => compare(value, low) >= 0 && compare(value, high) <= 0;
}

const COMPARISONS: Readonly<Record<ComparisonOperator, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};
