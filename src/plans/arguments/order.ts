import type { RelationModel, TableModel } from '../../model/types.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { type AggregateFunction, type ComputedColumn, RANK_COLUMN } from '../../shards/plan/computed.ts';
import type { OrderTerm } from '../../shards/plan/order.ts';
import type { RelatedRows } from '../../shards/plan/source.ts';
import type { PlanScope } from '../access/visible-rows.ts';
import { badUserInput } from '../bad-user-input.ts';
import { MAX_ORDER_STEPS, MAX_RELATED_ORDERS } from '../limits.ts';
import { rowsOfRelation } from '../rows-of-relation.ts';

/** Directions of `orderBy`. Nulls are smallest, as in SQLite, unless the direction says where they go. */
export const SORT_ORDERS = {
  ASC: { descending: false, nullsFirst: true },
  DESC: { descending: true, nullsFirst: false },
  ASC_NULLS_FIRST: { descending: false, nullsFirst: true },
  ASC_NULLS_LAST: { descending: false, nullsFirst: false },
  DESC_NULLS_FIRST: { descending: true, nullsFirst: true },
  DESC_NULLS_LAST: { descending: true, nullsFirst: false },
} as const satisfies Record<string, Omit<OrderTerm, 'column'>>;

export type SortOrder = keyof typeof SORT_ORDERS;

/**
 * One entry of the `orderBy` argument (`@oneOf`, as are those inside it): a column, a to-one relation with an entry of
 * its table, or `<relation>Aggregate` with a function.
 */
interface OrderByEntry {
  readonly [name: string]: SortOrder | OrderByEntry;
}

export type OrderByInput = readonly OrderByEntry[];

interface ListOrder {
  readonly terms: readonly OrderTerm[];
  /** What the terms name that no column of the table is. */
  readonly computed: readonly ComputedColumn[];
}

/**
 * The complete order of a list: what was asked for, then of the primary key what was not, ascending, so that no two rows are
 * equal. Nothing was asked for in a search that ranks what it finds: the best row comes first.
 *
 * @throws ShardQLError BAD_USER_INPUT for a value named twice (the second decides nothing, so it is a mistake), relations
 * across shards and too many related values, DEPTH_LIMIT_EXCEEDED for too many steps.
 */
export function listOrder(scope: PlanScope, table: TableModel, orderBy: OrderByInput, isRanked = false): ListOrder {
  if (isRanked && orderBy.length === 0) return { terms: [BEST_FIRST, ...keyOrder(table)], computed: [RANK] };
  const terms = new Map<string, OrderTerm>();
  const computed: ComputedColumn[] = [];
  for (const entry of orderBy) {
    const { column, order } = orderedValue(scope, table, entry, 0);
    const name = typeof column === 'string' ? column : column.name;
    if (terms.has(name)) throw namedTwice(table, name);
    terms.set(name, { column: name, ...SORT_ORDERS[order] });
    if (typeof column !== 'string') computed.push(column);
  }
  if (computed.length > MAX_RELATED_ORDERS) {
    throw badUserInput(
      `Expected at most ${MAX_RELATED_ORDERS} entries of orderBy that name a relation, but got ${computed.length}.`,
    );
  }
  for (const term of keyOrder(table)) if (!terms.has(term.column)) terms.set(term.column, term);
  return { terms: [...terms.values()], computed };
}

function namedTwice({ typeName, columnByName }: TableModel, name: string): ShardQLError {
  return badUserInput(`Expected each value once in orderBy, but got ${name.replace('#', '')} again. Name it once.`, {
    table: typeName,
    ...(columnByName.has(name) && { field: name }),
  });
}

export const RANK: ComputedColumn = { kind: 'rank', name: RANK_COLUMN };
const BEST_FIRST: OrderTerm = { column: RANK_COLUMN, ...SORT_ORDERS.DESC };

/** The order by primary key. */
export const keyOrder = (table: TableModel): OrderTerm[] =>
  table.primaryKey.names.map((name) => ({ column: name, ...SORT_ORDERS.ASC }));

interface OrderedValue {
  /** Name of a column of the table, or what is computed beside them. */
  readonly column: string | ComputedColumn;
  readonly order: SortOrder;
}

function orderedValue(scope: PlanScope, table: TableModel, entry: OrderByEntry, steps: number): OrderedValue {
  const [[name, value]] = Object.entries(entry) as [[string, SortOrder | OrderByEntry]];
  if (typeof value === 'string') return { column: name, order: value };
  if (steps === MAX_ORDER_STEPS) {
    throw new ShardQLError(
      'DEPTH_LIMIT_EXCEEDED',
      `Expected at most ${MAX_ORDER_STEPS} relations within each other in orderBy, but got more.`,
    );
  }
  const toOne = table.relationByName.get(name);
  if (!toOne) return aggregateValue(scope, table, name, value);
  const related = orderedRows(scope, table, toOne);
  const target = scope.model.table(toOne.targetType);
  const { column, order } = orderedValue(scope, target, value, steps + 1);
  // Paths make names: equal values are named alike wherever they are used, and cursors tell orders apart by names.
  if (typeof column === 'string') {
    return { column: { kind: 'related', name: `#${name}.${column}`, related, column }, order };
  }
  return {
    column: {
      kind: 'related',
      name: `#${name}.${column.name.slice(1)}`,
      related: { ...related, computed: [column] },
      column: column.name,
    },
    order,
  };
}

function aggregateValue(scope: PlanScope, table: TableModel, field: string, entry: OrderByEntry): OrderedValue {
  const relation = aggregatedRelation(table, field);
  const related = orderedRows(scope, table, relation);
  const [[name, value]] = Object.entries(entry) as [[AggregateFunction, SortOrder | OrderByEntry]];
  if (typeof value === 'string') {
    return {
      column: { kind: 'aggregate', name: `#${field}.${name}`, related, function: name, column: null },
      order: value,
    };
  }
  const [[column, order]] = Object.entries(value) as [[string, SortOrder]];
  return {
    column: { kind: 'aggregate', name: `#${field}.${name}.${column}`, related, function: name, column },
    order,
  };
}

/** Field of filters and orders that stands for the aggregates of a to-many relation. */
export const aggregateField = (relation: string): string => `${relation}Aggregate`;

export const aggregatedRelation = (table: TableModel, field: string): RelationModel =>
  table.relations.find(({ name }) => aggregateField(name) === field)!;

/** Shards order by what they hold. */
function orderedRows(scope: PlanScope, table: TableModel, relation: RelationModel): RelatedRows {
  if (relation.colocated) return rowsOfRelation(scope, relation);
  throw badUserInput(
    `Expected orderBy to name relations within a shard, but got ${table.typeName}.${relation.name}, whose rows lie on other shards. Name columns of ${table.typeName}.`,
    { table: table.typeName, field: relation.name },
  );
}
