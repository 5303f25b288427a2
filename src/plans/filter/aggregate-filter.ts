/** Filters on the aggregates of a to-many relation: `itemsAggregate: { where, count, sum: { quantity: { gt: 10 } } }`. */

import type { ColumnModel, RelationModel, ScalarName, TableModel, WireKind } from '../../model/types.ts';
import type { AggregateFunction } from '../../shards/plan/computed.ts';
import type { Filter } from '../../shards/plan/filter.ts';
import { badUserInput } from '../bad-user-input.ts';
import { rowsOfRelation } from '../rows-of-relation.ts';
import { columnFilter } from './column-filter.ts';
import type { FilterBudget } from './filter-budget.ts';
import { conjunctionOf, givenFields, type WhereInput } from './filter-terms.ts';
import type { FilterParts } from './id-set.ts';

export function aggregateFilter(
  source: TableModel,
  relation: RelationModel,
  input: WhereInput,
  path: string,
  makeFilter: (target: TableModel, parts: FilterParts, where: WhereInput, at: string) => Filter | null,
  parts: FilterParts,
  budget: FilterBudget,
): Filter {
  if (!relation.colocated) throw liesElsewhere(source, relation);
  const target = parts.model.table(relation.targetType);
  const given = new Map([...givenFields(input, path)].map(([name, condition]) => [name, condition as WhereInput]));
  const where = given.get('where');
  given.delete('where');
  const inner: FilterParts = { ...parts, computed: [] };
  const filter = where ? makeFilter(target, inner, where, `${path}.where`) : null;
  const rows = rowsOfRelation(parts, relation, { filter, computed: inner.computed });
  const terms: Filter[] = [];
  const add = (name: AggregateFunction, column: ColumnModel | null, operators: WhereInput, at: string) => {
    const computed = `#where${parts.computed.length}`;
    parts.computed.push({
      kind: 'aggregate',
      name: computed,
      related: rows,
      function: name,
      column: column?.name ?? null,
    });
    const isDouble = name === 'sum' || name === 'avg';
    const filtered = { name: computed, table: target, model: valuesOf(name, column), isDouble };
    terms.push(columnFilter(filtered, operators, at, parts, budget));
  };
  for (const [name, condition] of given) {
    const at = `${path}.${name}`;
    if (name === 'count') add(name, null, condition, at);
    else {
      for (const [column, operators, below] of givenFields(condition, at)) {
        add(name as AggregateFunction, target.columnByName.get(column)!, operators as WhereInput, below);
      }
    }
  }
  return conjunctionOf(terms);
}

const COUNT_VALUES = virtualColumn('count', 'Int', 'int');

/** What operands are compared with: counts, doubles, or values of the column. */
function valuesOf(name: AggregateFunction, column: ColumnModel | null): ColumnModel {
  switch (name) {
    case 'count':
    case 'countDistinct':
      return COUNT_VALUES;
    case 'sum':
    case 'avg':
      return virtualColumn(column!.name, 'Float', 'real');
    case 'min':
    case 'max':
      return column!.wire === 'bigintBlob' ? { ...column!, wire: 'int64' } : column!;
  }
}

function virtualColumn(name: string, scalar: ScalarName, wire: WireKind): ColumnModel {
  return {
    name,
    sqlName: name,
    scalar,
    wire,
    enum: null,
    dateTime: null,
    notNull: false,
    hasSqlDefault: false,
    hasExpressionDefault: false,
    constantDefault: undefined,
    defaultFn: null,
    onUpdateFn: null,
    generated: true,
  };
}

const liesElsewhere = (source: TableModel, { name }: RelationModel) =>
  badUserInput(
    `Expected ${name}Aggregate to be of a relation within a shard, but got ${source.typeName}.${name}, whose rows lie on other shards. Filter by ${name}: { some, every, none }.`,
    { table: source.typeName, field: name },
  );
