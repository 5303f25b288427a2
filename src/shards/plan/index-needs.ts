import type { Filter } from './filter.ts';
import type { PlanNode } from './node.ts';
import type { PlanValue } from './value.ts';

/** What an index would have to serve for a node of a plan to read no more rows than it gives. Columns are named as in GraphQL. */
export interface IndexNeeds {
  /** GraphQL type of the table. */
  readonly table: string;
  /** Keys of relations from the root of the plan; empty: the root. */
  readonly path: readonly string[];
  /** Columns that equal one value, or are null: those that keys are matched by, and those of the filter. */
  readonly equals: readonly string[];
  /** Columns that are one of several values, or lie in a range. */
  readonly ranges: readonly string[];
  /** The order of the page, as far as it is not fixed by `equals`; empty: no rows are read in order. */
  readonly order: readonly { readonly column: string; readonly descending: boolean }[];
  /** Greatest number of rows; null: all that fit are looked at. */
  readonly limit: number | null;
  /** There are further conditions, such as `or` and text operators, which rows are tested by after they are read. */
  readonly hasOtherTests: boolean;
}

/** Nodes of a plan that are described; further ones are left out. */
const MAX_NODES = 8;

/** What each node of a plan needs of the indexes of its table, the root first. */
export function indexNeedsOf(root: PlanNode, values: readonly PlanValue[]): IndexNeeds[] {
  const needs: IndexNeeds[] = [];
  const visit = (node: PlanNode, path: readonly string[]): void => {
    if (needs.length === MAX_NODES) return;
    needs.push(needsOf(node, path, values));
    for (const relation of node.relations) visit(relation.node, [...path, relation.key]);
  };
  visit(root, []);
  return needs;
}

interface Terms {
  readonly equals: Set<string>;
  readonly ranges: Set<string>;
  hasOtherTests: boolean;
}

/** The columns by which an index could find the rows of a node: see {@link IndexNeeds}. */
type FindingTerms = {
  readonly [Part in keyof Terms]: Terms[Part] extends Set<string> ? ReadonlySet<string> : boolean;
};

export function findingTerms({ match, access, filter, search, computed }: PlanNode): FindingTerms {
  const terms: Terms = { equals: new Set(match), ranges: new Set(), hasOtherTests: search !== null };
  const computedNames = new Set(computed.map(({ name }) => name));
  for (const part of [filter, access]) if (part) addTerms(part, computedNames, terms);
  for (const column of terms.equals) terms.ranges.delete(column);
  return terms;
}

function needsOf(node: PlanNode, path: readonly string[], values: readonly PlanValue[]): IndexNeeds {
  const { table, page } = node;
  const terms = findingTerms(node);
  const isOrdered = page?.rows;
  const order = isOrdered ? page.orderBy.filter(({ column }) => !terms.equals.has(column)) : [];
  const looksAtAll =
    page !== null && (page.totalCount || page.aggregate !== undefined || page.groups !== undefined || page.distinct);
  return {
    table,
    path,
    equals: [...terms.equals],
    ranges: [...terms.ranges],
    order: order.map(({ column, descending }) => ({ column, descending })),
    limit: isOrdered && !looksAtAll ? Number(values[page.limit]) : null,
    hasOtherTests: terms.hasOtherTests,
  };
}

function addTerms(filter: Filter, computed: ReadonlySet<string>, terms: Terms): void {
  if (filter.op === 'and') {
    for (const term of filter.terms) addTerms(term, computed, terms);
    return;
  }
  if (!('column' in filter) || computed.has(filter.column)) {
    terms.hasOtherTests = true;
    return;
  }
  switch (filter.op) {
    case 'eq':
      terms.equals.add(filter.column);
      return;
    case 'isNull':
      (filter.isNull ? terms.equals : terms.ranges).add(filter.column);
      return;
    case 'in':
    case 'between':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      terms.ranges.add(filter.column);
      return;
    default:
      terms.hasOtherTests = true;
  }
}
