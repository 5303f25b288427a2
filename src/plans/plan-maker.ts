/**
 * Makes read plans from selections: a root field with everything below it that lives on the same shard becomes one
 * `PlanNode` and its values. Pure: it reads nothing, and knows neither shards nor answers.
 */

import { type FieldNode, type GraphQLObjectType, getArgumentValues } from 'graphql';
import type { Requirement } from '../cache/requirement.ts';
import type { Model, RelationModel, TableModel } from '../model/types.ts';
import { ShardQLError } from '../shards/errors.ts';
import {
  type ComputedColumn,
  type Filter,
  HIGHLIGHTS_COLUMN,
  type PageShape,
  type PlanNode,
  type PlanRelation,
  RANK_COLUMN,
  type ValueRef,
  VERSION_COLUMN,
} from '../shards/plan.ts';
import { AggregatesDraft } from './aggregates/aggregates-draft.ts';
import { listOrder, type OrderByInput, RANK } from './arguments/order.ts';
import { type ConnectionParts, type PageArguments, pageShape } from './arguments/page.ts';
import { searchText } from './arguments/search.ts';
import { roleOf } from './field-role.ts';
import { whereToFilter } from './filter/filter.ts';
import { FilterBudget } from './filter/filter-budget.ts';
import type { WhereInput } from './filter/filter-terms.ts';
import type { FilterParts, IdSet } from './filter/id-set.ts';
import { FreshnessNeeds, type SessionState } from './freshness/freshness-needs.ts';
import { leafConsistencies } from './freshness/leaf-consistencies.ts';
import { notePlan } from './freshness/note-plan.ts';
import { MAX_RELATION_LEVELS } from './limits.ts';
import type { OneNodePlan, PageNodePlan, PlanValues, RelationPlan, RowShape, RowView } from './node-plan.ts';
import { type AskedConsistency, asksNothing, ownConsistency } from './selection/asked-consistency.ts';
import { collectFields, type Operation, type SelectedFields } from './selection/selection.ts';
import { cursorFormat } from './tokens/cursor.ts';

/** Arguments of a list. Each may be null, which means left out: clients send null for variables that they do not set. */
export interface ListArguments extends PageArguments {
  readonly where?: WhereInput | null;
  readonly search?: string | null;
  readonly orderBy?: OrderByInput | null;
}

/** How the rows of a node are found: by columns that equal a key, or through a join table. */
export type Match = Pick<PlanNode, 'match' | 'through'>;

export const matchOn = (columns: readonly string[]): Match => ({ match: columns, through: null });

/** Shards follow a join table only to rows of their own. */
const matchOfRelation = ({ to, through }: RelationModel): Match => ({
  match: to,
  through: through?.besideTarget ? { table: through.type, from: through.from, to: through.to } : null,
});

export class PlanMaker {
  readonly values: PlanValues = [];
  /** What has to be read into `values` before the plan can run. Relations on other shards have sets of their own. */
  readonly idSets: IdSet[] = [];
  /** How fresh the rows must be: as the strictest field of the plan asks. Complete once the plan is made. */
  readonly needs: FreshnessNeeds;
  readonly #model: Model;
  readonly #operation: Operation;
  readonly #budget: FilterBudget;
  readonly #fixed: AskedConsistency | undefined;
  /** How many relations what is being planned lies below. */
  #level: number;
  #isWhole = true;
  /** The plan has been looked through for what its tables require: once, since it may be remembered. */
  #isNoted = false;

  /** `fixed`: how fresh all of it is read, whatever is asked. */
  constructor(model: Model, operation: Operation, fixed?: AskedConsistency, budget = new FilterBudget(), level = 0) {
    this.#model = model;
    this.#operation = operation;
    this.#fixed = fixed;
    this.needs = new FreshnessNeeds(fixed);
    this.#budget = budget;
    this.#level = level;
  }

  /**
   * True if all that was made is one node and its values, good for any other request that asks the same: nothing failed,
   * and nothing below it is read by itself.
   */
  get isWhole(): boolean {
    return this.#isWhole && this.idSets.length === 0;
  }

  /** How fresh the made plan must be read in a session as it is now. */
  requirement(node: PlanNode, session: SessionState): Requirement {
    if (!this.#isNoted) notePlan(this.needs, this.#model, node, this.idSets);
    this.#isNoted = true;
    return this.needs.requirement(session);
  }

  /** A plan for one row per key. `nodes` are the fields whose selection describes the row. */
  one(table: TableModel, match: Match, nodes: readonly FieldNode[]): OneNodePlan {
    this.#checkConsistency(table, nodes);
    const draft = new NodeDraft(table);
    const view = this.#view(draft, nodes);
    return { kind: 'one', node: draft.finish(match, null, null), view };
  }

  /** A plan for a page of rows per key. `list` names the list in cursors. */
  page(table: TableModel, match: Match, list: string, args: ListArguments, nodes: readonly FieldNode[]): PageNodePlan {
    this.#checkConsistency(table, nodes);
    const draft = new NodeDraft(table);
    const search = searchText(args.search);
    const { terms: orderBy, computed } = listOrder(this.#model, table, args.orderBy ?? [], search !== null);
    const filter = args.where ? this.#filter(draft, args.where) : null;
    const { parts, views, aggregates } = this.#connection(draft, nodes, search !== null);
    const rankedBy = orderBy[0]!.column === RANK_COLUMN ? search : null;
    const scope = { model: this.#model, table: table.typeName, computed, list, orderBy, rankedBy };
    const page = pageShape(scope, args, parts, this.values);
    draft.compute(computed);
    // Cursors show the order, and whoever merges the answers of several shards goes by it.
    const isOfOneShard = match.through === null && match.match.includes(table.shardKey.name);
    if (page.rows && (parts.cursors || !isOfOneShard)) draft.need(orderBy.map((term) => term.column));
    const query = search === null ? null : this.values.push(search) - 1;
    const node = draft.finish(match, filter, page, query);
    return { kind: 'page', node, shape: draft.shape, views, orderBy, cursor: cursorFormat(scope), aggregates };
  }

  #filter(draft: NodeDraft, where: WhereInput): Filter | null {
    const parts: FilterParts = { model: this.#model, values: this.values, idSets: this.idSets, computed: [] };
    const filter = whereToFilter(draft.shape.table, where, parts, this.#budget);
    draft.compute(parts.computed);
    return filter;
  }

  /** Which parts of a connection are selected, and the rows' views at each place that shows them. */
  #connection(draft: NodeDraft, nodes: readonly FieldNode[], isSearched: boolean) {
    const views = new Map<string, RowView>();
    const aggregates = new AggregatesDraft(this.#operation, draft.shape.table, this.values, this.#budget);
    const pageInfo = new Set<string>();
    let rows = false;
    let totalCount = false;
    let cursors = false;
    for (const [key, fields] of this.#fields(`${draft.shape.table.typeName}Connection`, nodes)) {
      if (fields[0]!.name.value !== 'nodes') this.#noteLeaves(draft.shape.table, fields);
      switch (fields[0]!.name.value) {
        case 'nodes':
          rows = true;
          views.set(key, this.#view(draft, fields));
          break;
        case 'edges':
          rows = true;
          for (const [nodeKey, nodeFields] of this.#fields(`${draft.shape.table.typeName}Edge`, fields)) {
            const name = nodeFields[0]!.name.value;
            cursors ||= name === 'cursor';
            if (name === 'node') views.set(`${key}/${nodeKey}`, this.#view(draft, nodeFields));
            else if (isSearched) draft.needOfSearch(name);
          }
          break;
        case 'pageInfo':
          for (const [, infoFields] of this.#fields('PageInfo', fields)) pageInfo.add(infoFields[0]!.name.value);
          break;
        case 'totalCount':
          totalCount = true;
          break;
        case 'aggregate':
          aggregates.aggregate(fields);
          break;
        case 'groupBy':
          aggregates.groupBy(key, fields);
      }
    }
    pageInfo.delete('__typename');
    const parts: ConnectionParts = {
      rows: rows || pageInfo.size > 0,
      cursors: cursors || pageInfo.has('startCursor') || pageInfo.has('endCursor'),
      hasNextPage: pageInfo.has('hasNextPage'),
      hasPreviousPage: pageInfo.has('hasPreviousPage'),
      totalCount,
      aggregates: aggregates.shape,
    };
    const made = aggregates.finish();
    if (made.groups.values().some((groups) => groups instanceof Error)) this.#isWhole = false;
    return { parts, views, aggregates: made };
  }

  #view(draft: NodeDraft, nodes: readonly FieldNode[]): RowView {
    const { table } = draft.shape;
    const relations = new Map<string, RelationPlan>();
    const type = this.#objectType(table.typeName);
    for (const [key, fields] of collectFields(this.#operation, type, nodes)) {
      const role = roleOf(type.getFields()[fields[0]!.name.value]);
      if (role?.kind !== 'relation') this.#noteLeaves(table, fields);
      switch (role?.kind) {
        case 'column':
          draft.need([role.column.name]);
          break;
        case 'version':
          draft.need([VERSION_COLUMN]);
          break;
        case 'nodeId':
          draft.need(table.primaryKey.names);
          break;
        case 'computed':
          draft.need(role.needs.map((column) => column.name));
          break;
        case 'relation': {
          const mark = this.idSets.length;
          relations.set(key, this.#relation(draft, role.relation, key, fields));
          for (const idSet of this.idSets.slice(mark)) {
            idSet.onFailure ??= (error) => relations.set(key, { kind: 'failed', error });
          }
        }
      }
    }
    return { shape: draft.shape, relations };
  }

  #relation(draft: NodeDraft, relation: RelationModel, key: string, nodes: FieldNode[]): RelationPlan {
    const mark = { values: this.values.length, idSets: this.idSets.length };
    this.#level++;
    try {
      if (this.#level > MAX_RELATION_LEVELS) throw tooManyLevels();
      draft.need(relation.from);
      if (relation.colocated) {
        const target = this.#target(draft.shape.table, relation, nodes);
        return { kind: 'nested', position: draft.nest(key, relation.from, target.node), target };
      }
      this.#isWhole = false;
      const maker = new PlanMaker(this.#model, this.#operation, this.#fixed, this.#budget, this.#level);
      const target = maker.#target(draft.shape.table, relation, nodes);
      const { values, idSets, needs } = maker;
      notePlan(needs, this.#model, target.node, idSets);
      if (relation.through !== null) needs.noteSeen(this.#model.table(relation.through.type));
      if (relation.through !== null && !relation.through.besideTarget && target.kind === 'page') {
        return { kind: 'through', relation, target, values, idSets, needs };
      }
      return { kind: 'separate', relation, target, values, idSets, needs };
    } catch (error) {
      this.#isWhole = false;
      // Only this field is wrong; its resolver throws the error, so that it gets the field's own path.
      this.values.length = mark.values;
      this.idSets.length = mark.idSets;
      if (error instanceof Error) return { kind: 'failed', error };
      throw error;
    } finally {
      this.#level--;
    }
  }

  #target(parent: TableModel, relation: RelationModel, nodes: FieldNode[]): OneNodePlan | PageNodePlan {
    const table = this.#model.table(relation.targetType);
    const match = matchOfRelation(relation);
    if (relation.kind === 'one') return this.one(table, match, nodes);
    const field = this.#objectType(parent.typeName).getFields()[relation.name]!;
    const args: ListArguments = getArgumentValues(field, nodes[0]!, this.#operation.variableValues);
    return this.page(table, match, `${parent.typeName}.${relation.name}`, args, nodes);
  }

  #checkConsistency(table: TableModel, nodes: readonly FieldNode[]): void {
    for (const node of nodes) this.needs.check(table, ownConsistency(node, this.#operation.variableValues));
  }

  /** Fields that show no rows of other tables: what they ask for, or what is asked around them. */
  #noteLeaves(table: TableModel, nodes: readonly FieldNode[]): void {
    for (const node of nodes) {
      if (asksNothing(node)) {
        this.needs.note(table, undefined);
        continue;
      }
      this.needs.check(table, ownConsistency(node, this.#operation.variableValues));
      for (const asked of leafConsistencies(this.#operation, node)) this.needs.note(table, asked);
    }
  }

  #fields(typeName: string, nodes: readonly FieldNode[]): SelectedFields {
    return collectFields(this.#operation, this.#objectType(typeName), nodes);
  }

  #objectType(name: string): GraphQLObjectType {
    return this.#operation.schema.getType(name) as GraphQLObjectType;
  }
}

const tooManyLevels = (): ShardQLError =>
  new ShardQLError(
    'DEPTH_LIMIT_EXCEEDED',
    `Expected at most ${MAX_RELATION_LEVELS} relations within each other, but got more. Ask for the inner ones by themselves.`,
  );

/** By field of edges. */
const SEARCH_FIELDS: ReadonlyMap<string, ComputedColumn> = new Map([
  ['rank', RANK],
  ['highlights', { kind: 'highlights', name: HIGHLIGHTS_COLUMN }],
]);

/** A plan node in the making: columns and relations gather while the places that show its rows are walked. */
class NodeDraft {
  readonly #columns = new Set<string>();
  readonly #computed = new Map<string, ComputedColumn>();
  readonly #relations: PlanRelation[] = [];
  readonly #shape: { table: TableModel; columnIndex: Map<string, number>; width: number };

  constructor(table: TableModel) {
    this.#shape = { table, columnIndex: new Map(), width: 0 };
  }

  /** Complete once the draft is finished. */
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

  /** Columns come in the model's order, whatever order they were selected in: equal selections make equal plans. */
  finish(
    { match, through }: Match,
    filter: Filter | null,
    page: PageShape | null,
    query: ValueRef | null = null,
  ): PlanNode {
    const { table, columnIndex } = this.#shape;
    // A selection of `__typename` alone still has to tell whether there is a row.
    if (this.#columns.size === 0) this.need(table.primaryKey.names);
    const computed = [...this.#computed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const names = [...table.columns, { name: VERSION_COLUMN }, ...computed].map(({ name }) => name);
    const columns = names.filter((name) => this.#columns.has(name));
    for (const [index, column] of columns.entries()) columnIndex.set(column, index);
    this.#shape.width = columns.length;
    const search = query === null ? {} : { search: { query } };
    const relations = this.#relations;
    return { table: table.typeName, match, through, computed, columns, filter, ...search, page, relations };
  }
}
