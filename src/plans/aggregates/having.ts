import type { ColumnModel, TableModel, WireValue } from '../../model/types.ts';
import { parseDecimalOperand } from '../../model/values/decimal.ts';
import type { TextOperator } from '../../shards/plan/filter.ts';
import { textMatcher } from '../../shards/text-matcher.ts';
import { toOperand } from '../arguments/wire-input.ts';
import { badUserInput } from '../bad-user-input.ts';
import { checkFilterDepth, type FilterBudget } from '../filter/filter-budget.ts';
import { TEXT_OPERATORS } from '../filter/filter-operators.ts';
import { nullOperand } from '../filter/filter-terms.ts';
import { MAX_LIST_VALUES } from '../limits.ts';
import { isExactText } from './aggregatable.ts';
import { compareNumbers, comparePart, type GroupPart, membership } from './compare-values.ts';
import type { GroupValues } from './group-values.ts';

/** A `having` argument after GraphQL's own checks. */
export type HavingInput = Readonly<Record<string, unknown>>;

/** True, false, or unknown (null), as in SQL. */
type Truth = boolean | null;
type Condition = (group: GroupValues) => Truth;
type Value = Exclude<WireValue, null>;
type Test = (value: Value) => boolean;

/** @param need called for each part of a group that the conditions look at. */
export function havingCondition(
  table: TableModel,
  having: HavingInput,
  need: (part: GroupPart, column: ColumnModel, path: string) => void,
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
  readonly #need: (part: GroupPart, column: ColumnModel, path: string) => void;
  readonly #budget: FilterBudget;

  constructor(
    table: TableModel,
    need: (part: GroupPart, column: ColumnModel, path: string) => void,
    budget: FilterBudget,
  ) {
    this.#table = table;
    this.#need = need;
    this.#budget = budget;
  }

  having(having: HavingInput, path: string, depth: number): Condition {
    checkFilterDepth(depth);
    return every(
      entriesOf(having, path).map(([name, condition, at]) => {
        switch (name) {
          case 'AND':
            return every(this.#each(condition as readonly HavingInput[], at, depth));
          case 'OR':
            return some(this.#each(condition as readonly HavingInput[], at, depth));
          case 'NOT':
            return not(this.having(condition as HavingInput, at, depth + 1));
          case 'count':
            return this.#tests(
              condition as HavingInput,
              at,
              (group) => group.count,
              compareNumbers,
              (value) => value as number,
            );
          default:
            return this.#part(name as GroupPart, condition as HavingInput, at);
        }
      }),
    );
  }

  #each(havings: readonly HavingInput[], path: string, depth: number): Condition[] {
    return havings.map((having, index) => this.having(having, `${path}.${index}`, depth + 1));
  }

  #part(part: GroupPart, columns: HavingInput, path: string): Condition {
    return every(
      entriesOf(columns, path).map(([name, operators, at]) => {
        const column = this.#table.columnByName.get(name)!;
        this.#need(part, column, at);
        const toValue = (operand: unknown) => this.#operand(part, column, operand);
        if (column.wire !== 'text') refuseTextOperators(operators as HavingInput, at);
        const compare = comparePart(part, column);
        return this.#tests(operators as HavingInput, at, (group) => group.part(part, column), compare, toValue);
      }),
    );
  }

  /** Operands are of the part's type: only keys and extremes are values of the column. */
  #operand(part: GroupPart, column: ColumnModel, operand: unknown): Value {
    if (part === 'keys' || part === 'min' || part === 'max') return toOperand(this.#table, column, operand);
    return part !== 'countDistinct' && isExactText(column) ? parseDecimalOperand(operand) : (operand as Value);
  }

  #tests(
    operators: HavingInput,
    path: string,
    pick: (group: GroupValues) => WireValue,
    compare: (a: Value, b: Value) => number,
    toValue: (operand: unknown) => Value,
  ): Condition {
    return every(
      entriesOf(operators, path).map(([operator, operand, at]): Condition => {
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
  switch (operator) {
    case 'in':
    case 'notIn':
    case 'between': {
      const operands = operand as readonly unknown[];
      if (operands.length > MAX_LIST_VALUES) {
        throw badUserInput(`Expected at most ${MAX_LIST_VALUES} values at ${path}, but got ${operands.length}.`);
      }
      const values = operands.map((each, index) => {
        if (each === null) throw nullOperand(`${path}.${index}`);
        return toValue(each);
      });
      if (operator !== 'between') {
        const isIn = operator === 'in';
        const isAmong = membership(values, compare);
        return (value) => isAmong(value) === isIn;
      }
      const [low, high] = values;
      if (values.length !== 2)
        throw badUserInput(`Expected ${path} to be [low, high], but got ${values.length} values.`);
      return (value) => compare(value, low!) >= 0 && compare(value, high!) <= 0;
    }
    case 'eq':
    case 'ne':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      const against = toValue(operand);
      return (value) => COMPARISONS[operator](compare(value, against));
    }
    default: {
      if (!(TEXT_OPERATORS as readonly string[]).includes(operator)) {
        throw badUserInput(`Expected a comparison at ${path}, but got ${operator}.`);
      }
      const matches = textMatcher(operator as TextOperator, operand as string);
      return (value) => matches(String(value));
    }
  }
}

function refuseTextOperators(operators: HavingInput, path: string): void {
  const operator = Object.keys(operators).find((name) => (TEXT_OPERATORS as readonly string[]).includes(name));
  if (operator === undefined) return;
  throw badUserInput(`Expected ${path}.${operator} to be on a column of text, but got one that is stored otherwise.`);
}

const COMPARISONS: Readonly<Record<'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte', (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
};

/** The entries that were given, with their paths; a null where a condition is meant is an error. */
function entriesOf(input: HavingInput, path: string): [name: string, value: unknown, path: string][] {
  return Object.entries(input).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (value === null) throw nullOperand(`${path}.${name}`);
    return [[name, value, `${path}.${name}`] as [string, unknown, string]];
  });
}
