import type { ColumnModel, TableModel, WireValue } from '../../model/types.ts';
import { type ErrorCode, ShardQLError } from '../../shards/errors.ts';
import type { ComparisonOperator, Filter, TextOperator } from '../../shards/plan.ts';
import { badUserInput } from '../bad-user-input.ts';
import { MAX_FILTER_CONDITIONS, MAX_FILTER_DEPTH, MAX_LIST_VALUES } from '../limits.ts';
import { toWire } from '../wire-input.ts';
import type { PlanValues } from './node-plan.ts';

export const COMPARISON_OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const satisfies ComparisonOperator[];
export const TEXT_OPERATORS = [
  'contains',
  'startsWith',
  'endsWith',
  'like',
  'ieq',
  'icontains',
  'istartsWith',
  'iendsWith',
  'ilike',
] as const satisfies TextOperator[];
export const LIST_OPERATORS = ['in', 'notIn'] as const;

export type FilterOperator = ComparisonOperator | TextOperator | (typeof LIST_OPERATORS)[number] | 'between' | 'isNull';

/** A `where` argument after GraphQL's own checks: fields and operators are known, values have the right scalars. */
export type WhereInput = Readonly<Record<string, unknown>>;

/** Counts the comparisons of all filters of a plan. */
export class FilterBudget {
  #conditions = 0;

  spend(): void {
    if (++this.#conditions > MAX_FILTER_CONDITIONS) {
      throw tooLarge(
        'COST_LIMIT_EXCEEDED',
        `Expected at most ${MAX_FILTER_CONDITIONS} comparisons in the filters of a field`,
      );
    }
  }
}

/** The filter of a `where` argument; its values go to `values`. Null if it keeps every row. */
export function whereToFilter(
  table: TableModel,
  where: WhereInput,
  values: PlanValues,
  budget: FilterBudget,
): Filter | null {
  const filter = new FilterMaker(table, values, budget).where(where, 'where', 1);
  return isTrue(filter) ? null : filter;
}

/**
 * The shard key that every row of the filter's result must have, if `where` says so plainly: an `eq` on the shard-key
 * column, or `in` with one value, at the top or under `AND`. Undefined: rows may lie on any shard.
 */
export function shardKeyOfWhere(table: TableModel, where: WhereInput, depth = 1): Exclude<WireValue, null> | undefined {
  if (depth > MAX_FILTER_DEPTH) return undefined;
  const condition = where[table.shardKey.name] as { eq?: unknown; in?: readonly unknown[] } | undefined;
  if (condition?.eq !== undefined) return toWire(table, table.shardKey, condition.eq);
  if (condition?.in?.length === 1) return toWire(table, table.shardKey, condition.in[0]);
  for (const term of (where.AND as readonly WhereInput[] | undefined) ?? []) {
    const shardKey = shardKeyOfWhere(table, term, depth + 1);
    if (shardKey !== undefined) return shardKey;
  }
  return undefined;
}

const tooLarge = (code: ErrorCode, message: string): ShardQLError =>
  new ShardQLError(code, `${message}, but got more.`);

const isTrue = (filter: Filter): boolean => filter.op === 'and' && filter.terms.length === 0;

/** A conjunction without needless nesting. */
const allOf = (terms: readonly Filter[]): Filter => {
  const needed = terms.filter((term) => !isTrue(term));
  return needed.length === 1 ? needed[0]! : { op: 'and', terms: needed };
};

class FilterMaker {
  readonly #table: TableModel;
  readonly #values: PlanValues;
  readonly #budget: FilterBudget;

  constructor(table: TableModel, values: PlanValues, budget: FilterBudget) {
    this.#table = table;
    this.#values = values;
    this.#budget = budget;
  }

  /** `path` names the place in the arguments, for messages. */
  where(where: WhereInput, path: string, depth: number): Filter {
    if (depth > MAX_FILTER_DEPTH) {
      throw tooLarge(
        'DEPTH_LIMIT_EXCEEDED',
        `Expected at most ${MAX_FILTER_DEPTH} levels of AND, OR and NOT in a filter`,
      );
    }
    const terms: Filter[] = [];
    for (const [name, condition] of Object.entries(where)) {
      if (condition === undefined) continue;
      const at = `${path}.${name}`;
      if (condition === null) throw nullOperand(at);
      switch (name) {
        case 'AND':
          terms.push(allOf(this.#each(condition as readonly WhereInput[], at, depth)));
          break;
        case 'OR':
          terms.push({ op: 'or', terms: this.#each(condition as readonly WhereInput[], at, depth) });
          break;
        case 'NOT':
          terms.push({ op: 'not', term: this.where(condition as WhereInput, at, depth + 1) });
          break;
        default:
          terms.push(this.#column(this.#table.columnByName.get(name)!, condition as WhereInput, at));
      }
    }
    return allOf(terms);
  }

  #each(wheres: readonly WhereInput[], path: string, depth: number): Filter[] {
    return wheres.map((where, index) => this.where(where, `${path}.${index}`, depth + 1));
  }

  #column(column: ColumnModel, operators: WhereInput, path: string): Filter {
    const terms: Filter[] = [];
    for (const [operator, operand] of Object.entries(operators)) {
      if (operand === undefined) continue;
      if (operand === null) throw nullOperand(`${path}.${operator}`);
      this.#budget.spend();
      terms.push(this.#comparison(column, operator as FilterOperator, operand, `${path}.${operator}`));
    }
    return allOf(terms);
  }

  #comparison(column: ColumnModel, op: FilterOperator, operand: unknown, path: string): Filter {
    switch (op) {
      case 'isNull':
        return { op, column: column.name, isNull: operand as boolean };
      case 'in':
      case 'notIn':
        return { op, column: column.name, list: this.#list(column, operand as readonly unknown[], path) };
      case 'between': {
        const bounds = operand as readonly unknown[];
        if (bounds.length !== 2) {
          throw badUserInput(`Expected ${path} to be [low, high], but got ${bounds.length} values.`);
        }
        return { op, column: column.name, low: this.#value(column, bounds[0]), high: this.#value(column, bounds[1]) };
      }
      default:
        if (isTextOperator(op) && column.wire !== 'text') {
          throw badUserInput(`Expected ${path} to be on a column of text, but got one that is stored otherwise.`);
        }
        return { op, column: column.name, value: this.#value(column, operand) };
    }
  }

  #value(column: ColumnModel, value: unknown): number {
    return this.#values.push(toWire(this.#table, column, value)) - 1;
  }

  #list(column: ColumnModel, list: readonly unknown[], path: string): number {
    if (list.length > MAX_LIST_VALUES) {
      throw badUserInput(`Expected at most ${MAX_LIST_VALUES} values at ${path}, but got ${list.length}.`);
    }
    return this.#values.push(list.map((value) => toWire(this.#table, column, value))) - 1;
  }
}

const isTextOperator = (operator: string): operator is TextOperator =>
  (TEXT_OPERATORS as readonly string[]).includes(operator);

const nullOperand = (path: string): ShardQLError =>
  badUserInput(`Expected a value at ${path}, but got null. Leave it out, or use isNull to find rows without a value.`);
