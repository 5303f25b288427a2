import type { TableModel } from '../model/types.ts';
import { type CompiledPlan, compilePlan } from '../shards/plan/compiled-plan.ts';
import { type ComputedColumn, HIGHLIGHTS_COLUMN } from '../shards/plan/computed.ts';
import type { Filter } from '../shards/plan/filter.ts';
import {
  type Match,
  type OneNode,
  oneNode,
  type PageNode,
  type PlanNode,
  type PlanRelation,
  pageNode,
  VERSION_COLUMN,
} from '../shards/plan/node.ts';
import type { PageShape } from '../shards/plan/page.ts';
import type { Search, Source } from '../shards/plan/source.ts';
import type { ValueRef } from '../shards/plan/value.ts';
import { type PlanScope, type VisibleParts, visibleRows } from './access/visible-rows.ts';
import { RANK } from './arguments/order.ts';
import type { RowShape } from './node-plan.ts';

/** By field of edges. */
const SEARCH_FIELDS: ReadonlyMap<string, ComputedColumn> = new Map([
  ['rank', RANK],
  ['highlights', { kind: 'highlights', name: HIGHLIGHTS_COLUMN }],
]);

/** A plan node in the making: columns and relations gather while the places that show its rows are walked. */
export class NodeDraft {
  readonly #scope: PlanScope;
  readonly #columns = new Set<string>();
  readonly #computed = new Map<string, ComputedColumn>();
  readonly #relations: PlanRelation[] = [];
  readonly #includeDeleted: boolean;
  readonly #shape: { table: TableModel; columnIndex: Map<string, number>; width: number };

  constructor(scope: PlanScope, table: TableModel, includeDeleted: boolean) {
    this.#scope = scope;
    this.#includeDeleted = includeDeleted;
    this.#shape = { table, columnIndex: new Map(), width: 0 };
  }

  /** Complete once the node is built. */
  get shape(): RowShape {
    return this.#shape;
  }

  need(columns: readonly string[]): void {
    for (const column of columns) this.#columns.add(column);
  }

  /** Adds columns that the table lacks; those that are there already, by name, are the same. */
  compute(columns: readonly ComputedColumn[]): void {
    for (const column of columns) this.#computed.set(column.name, column);
  }

  /** What edges show of a search. */
  needOfSearch(field: string): void {
    const column = SEARCH_FIELDS.get(field);
    if (column === undefined) return;
    this.compute([column]);
    this.need([column.name]);
  }

  /** Adds a relation; gives the position of its answer. Two places may use one response key for different relations. */
  nest(key: string, from: readonly string[], node: PlanNode): number {
    let unique = key;
    for (let copy = 2; this.#relations.some((relation) => relation.key === unique); copy++) unique = `${key}#${copy}`;
    return this.#relations.push({ key: unique, from, node }) - 1;
  }

  one(match: Match): CompiledPlan<OneNode> {
    const { columns, computed } = this.#build();
    return compilePlan(oneNode(this.#rows({ computed }), { ...match, columns, relations: this.#relations }));
  }

  page(match: Match, filter: Filter | null, page: PageShape, query: ValueRef | null): CompiledPlan<PageNode> {
    const { columns, computed } = this.#build();
    const rows = this.#rows({ filter, search: query === null ? null : this.#search(query), computed });
    return compilePlan(pageNode(rows, { ...match, columns, relations: this.#relations }, page));
  }

  #search(query: ValueRef): Search {
    return { query, columns: this.#shape.table.search.map(({ name }) => name) };
  }

  #rows(parts: VisibleParts): Source {
    const includeDeleted = this.#includeDeleted;
    return visibleRows(this.#scope, this.#shape.table.typeName, { ...parts, includeDeleted });
  }

  /** Columns come in the model's order, whatever order they were selected in: equal selections make equal plans. */
  #build(): Pick<PlanNode, 'columns' | 'computed'> {
    const { table, columnIndex } = this.#shape;
    // A selection of `__typename` alone still depends on whether there is a row.
    if (this.#columns.size === 0) this.need(table.primaryKey.names);
    const computed = [...this.#computed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = [...table.columns, { name: VERSION_COLUMN }, ...computed].map(({ name }) => name);
    const columns = names.filter((name) => this.#columns.has(name));
    for (const [index, column] of columns.entries()) columnIndex.set(column, index);
    this.#shape.width = columns.length;
    return { columns, computed };
  }
}
