import type { ColumnModel, RelationModel, TableModel } from '../../model/types.ts';
import type { Filter } from '../../shards/plan/filter.ts';
import { aggregatedRelation } from '../arguments/order.ts';
import { toOperand } from '../arguments/wire-input.ts';
import { aggregateFilter } from './aggregate-filter.ts';
import { columnFilter } from './column-filter.ts';
import { checkFilterDepth, type FilterBudget } from './filter-budget.ts';
import { conjunctionOf, givenFields, isTrivial, type WhereInput } from './filter-terms.ts';
import type { FilterParts, WirePart } from './id-set.ts';
import { jsonFilter } from './json-filter.ts';
import { hasRelated, type Quantifier } from './relation-filter.ts';
import { givenShardKey } from './shard-keys-of-where.ts';

/** The filter of a `where` argument; what it needs goes to `parts`. Null if it keeps every row. */
export function whereToFilter(
  table: TableModel,
  where: WhereInput,
  parts: FilterParts,
  budget: FilterBudget,
): Filter | null {
  const filter = new FilterPlanner(table, parts, budget).where(where, 'where', 1);
  return isTrivial(filter) ? null : filter;
}

class FilterPlanner {
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
    for (const [name, condition, at] of givenFields(where, path)) {
      switch (name) {
        case 'AND':
          terms.push(conjunctionOf(this.#each(condition as readonly WhereInput[], at, depth)));
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
    return conjunctionOf(terms);
  }

  #each(wheres: readonly WhereInput[], path: string, depth: number): Filter[] {
    this.#budget.spendTerms(wheres.length);
    return wheres.map((where, index) => this.where(where, `${path}.${index}`, depth + 1));
  }

  #field(name: string, condition: WhereInput, path: string, depth: number): Filter {
    const column = this.#table.columnByName.get(name);
    if (column) return this.#column(column, condition, path);
    const relation = this.#table.relationByName.get(name);
    if (!relation) return this.#aggregate(aggregatedRelation(this.#table, name), condition, path, depth);
    if (relation.kind === 'one') return this.#related(relation, 'some', condition, path, depth);
    const terms: Filter[] = [];
    for (const [quantifier, where, at] of givenFields(condition, path)) {
      terms.push(this.#related(relation, quantifier as Quantifier, where as WhereInput, at, depth));
    }
    return conjunctionOf(terms);
  }

  /** Neither true nor false never comes of it: a related row matches if the filter is true for it, and else does not. */
  #related(relation: RelationModel, quantifier: Quantifier, where: WhereInput, path: string, depth: number): Filter {
    this.#budget.spend();
    const isEvery = quantifier === 'every';
    const makeFilter = (target: TableModel, parts: FilterParts): Filter | null => {
      const filter = new FilterPlanner(target, parts, this.#budget).where(where, path, depth + 1);
      if (isEvery) return { op: 'not', term: { op: 'isTrue', term: filter } };
      return isTrivial(filter) ? null : filter;
    };
    const shardKey = relation.colocated || isEvery ? undefined : this.#shardKeyOf(relation, where, path);
    const filter = hasRelated(this.#table, relation, makeFilter, shardKey, this.#parts);
    return quantifier === 'some' ? filter : { op: 'not', term: filter };
  }

  /** That of the related rows. */
  #shardKeyOf({ targetType }: RelationModel, where: WhereInput, path: string): WirePart | undefined {
    const target = this.#parts.model.table(targetType);
    const found = givenShardKey(target, where, path);
    if (found === undefined) return undefined;
    const toValue = (given: unknown) => toOperand(target, target.shardKey, given);
    // A wrong value is found before what else is wrong in the filter.
    toValue(found.given);
    return { args: this.#parts.args, ...found, toValue };
  }

  #aggregate(relation: RelationModel, condition: WhereInput, path: string, depth: number): Filter {
    const makeFilter = (target: TableModel, parts: FilterParts, where: WhereInput, at: string): Filter | null => {
      const filter = new FilterPlanner(target, parts, this.#budget).where(where, at, depth + 1);
      return isTrivial(filter) ? null : filter;
    };
    return aggregateFilter(this.#table, relation, condition, path, makeFilter, this.#parts, this.#budget);
  }

  #column(model: ColumnModel, operators: WhereInput, path: string): Filter {
    if (model.scalar === 'JSON') return jsonFilter(model, operators, path, this.#parts, this.#budget);
    const column = { name: model.name, table: this.#table, model };
    return columnFilter(column, operators, path, this.#parts, this.#budget);
  }
}
