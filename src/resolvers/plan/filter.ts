import type { ColumnModel, RelationModel, TableModel, WireValue } from '../../model/types.ts';
import type { ShardQLError } from '../../shards/errors.ts';
import type { Filter } from '../../shards/plan.ts';
import { badUserInput } from '../bad-user-input.ts';
import { MAX_FILTER_DEPTH, MAX_LIST_VALUES } from '../limits.ts';
import { toWire } from '../wire-input.ts';
import { checkFilterDepth, type FilterBudget } from './filter-budget.ts';
import { type FilterOperator, isTextOperator, type Quantifier } from './filter-operators.ts';
import type { FilterParts } from './id-set.ts';
import { hasRelated } from './relation-filter.ts';

/** A `where` argument after GraphQL's own checks: fields and operators are known, values have the right scalars. */
export type WhereInput = Readonly<Record<string, unknown>>;

/** The filter of a `where` argument; what it needs goes to `parts`. Null if it keeps every row. */
export function whereToFilter(
  table: TableModel,
  where: WhereInput,
  parts: FilterParts,
  budget: FilterBudget,
): Filter | null {
  const filter = new FilterMaker(table, parts, budget).where(where, 'where', 1);
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

const isTrue = (filter: Filter): boolean => filter.op === 'and' && filter.terms.length === 0;

/** A conjunction without needless nesting. */
const allOf = (terms: readonly Filter[]): Filter => {
  const needed = terms.filter((term) => !isTrue(term));
  return needed.length === 1 ? needed[0]! : { op: 'and', terms: needed };
};

class FilterMaker {
  readonly #table: TableModel;
  readonly #parts: FilterParts;
  readonly #budget: FilterBudget;

  constructor(table: TableModel, parts: FilterParts, budget: FilterBudget) {
    this.#table = table;
    this.#parts = parts;
    this.#budget = budget;
  }

  /** `path` names the place in the arguments, for messages. */
  where(where: WhereInput, path: string, depth: number): Filter {
    checkFilterDepth(depth);
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
          terms.push(this.#field(name, condition as WhereInput, at, depth));
      }
    }
    return allOf(terms);
  }

  #each(wheres: readonly WhereInput[], path: string, depth: number): Filter[] {
    return wheres.map((where, index) => this.where(where, `${path}.${index}`, depth + 1));
  }

  #field(name: string, condition: WhereInput, path: string, depth: number): Filter {
    const relation = this.#table.relationByName.get(name);
    if (relation === undefined) return this.#column(this.#table.columnByName.get(name)!, condition, path);
    if (relation.kind === 'one') return this.#related(relation, 'some', condition, path, depth);
    const quantified = Object.entries(condition).filter(([, where]) => where !== undefined);
    return allOf(
      quantified.map(([quantifier, where]) => {
        if (where === null) throw nullOperand(`${path}.${quantifier}`);
        return this.#related(relation, quantifier as Quantifier, where as WhereInput, `${path}.${quantifier}`, depth);
      }),
    );
  }

  /** Neither true nor false never comes of it: a related row matches if the filter is true for it, and else does not. */
  #related(relation: RelationModel, quantifier: Quantifier, where: WhereInput, path: string, depth: number): Filter {
    this.#budget.spend();
    const isEvery = quantifier === 'every';
    const makeFilter = (target: TableModel, parts: FilterParts): Filter | null => {
      const filter = new FilterMaker(target, parts, this.#budget).where(where, path, depth + 1);
      if (isEvery) return { op: 'not', term: { op: 'isTrue', term: filter } };
      return isTrue(filter) ? null : filter;
    };
    const target = this.#parts.model.tableByType.get(relation.targetType)!;
    const shardKey = relation.colocated || isEvery ? undefined : shardKeyOfWhere(target, where);
    const filter = hasRelated(this.#table, relation, makeFilter, shardKey, this.#parts);
    return quantifier === 'some' ? filter : { op: 'not', term: filter };
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
    return this.#parts.values.push(toWire(this.#table, column, value)) - 1;
  }

  #list(column: ColumnModel, list: readonly unknown[], path: string): number {
    if (list.length > MAX_LIST_VALUES) {
      throw badUserInput(`Expected at most ${MAX_LIST_VALUES} values at ${path}, but got ${list.length}.`);
    }
    return this.#parts.values.push(list.map((value) => toWire(this.#table, column, value))) - 1;
  }
}

export const nullOperand = (path: string): ShardQLError =>
  badUserInput(
    `Expected a value at ${path}, but got null. Leave it out; isNull finds rows without a value, and none rows without related rows.`,
  );
