/**
 * Makes read plans from selections: a field with everything below it that lives on the same shard becomes one `PlanNode` and
 * its values. Pure: it reads nothing, and knows no answers.
 */

import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { allowsRank, wholeModel } from '../model/access/role-model.ts';
import type { RelationModel, TableModel } from '../model/types.ts';
import { ShardQLError } from '../shards/errors.ts';
import { RANK_COLUMN } from '../shards/plan/computed.ts';
import type { Filter } from '../shards/plan/filter.ts';
import type { Match } from '../shards/plan/node.ts';
import { parseSearch } from '../shards/search-query.ts';
import type { PlanScope, RowScope } from './access/visible-rows.ts';
import { AggregatesDraft } from './aggregates/aggregates-draft.ts';
import { listOrder, type OrderByInput } from './arguments/order.ts';
import { type ConnectionParts, type PageArguments, pageShape } from './arguments/page.ts';
import { roleOf } from './field-role.ts';
import { whereToFilter } from './filter/filter.ts';
import { FilterBudget } from './filter/filter-budget.ts';
import type { WhereInput } from './filter/filter-terms.ts';
import type { FilterParts, IdSet } from './filter/id-set.ts';
import { FreshnessNeeds } from './freshness/freshness-needs.ts';
import { MAX_RELATION_LEVELS } from './limits.ts';
import { joinRowsPlan } from './many-to-many-plans.ts';
import type { ShapeOf } from './memory/variable-uses.ts';
import { NodeDraft } from './node-draft.ts';
import type {
  NodePlan,
  OneNodePlan,
  PageNodePlan,
  ReadPlan,
  RelationPlan,
  RowsNodePlan,
  RowView,
  ShownEdgeField,
  ShownField,
  ShownPageInfo,
  ShownPart,
} from './node-plan.ts';
import { PlanValues } from './plan-values.ts';
import { columnsOf, plainField, shownField, TYPE_NAME } from './row-field.ts';
import { matchOfRelation } from './rows-of-relation.ts';
import type { AskedConsistency } from './selection/asked-consistency.ts';
import type { FieldArguments } from './selection/field-arguments.ts';
import type { SelectedField } from './selection/selected-field.ts';
import { cursorFormat } from './tokens/cursor.ts';

/** Arguments of a list. Each may be null, which means left out: clients send null for variables that they do not set. */
export interface ListArguments extends PageArguments {
  readonly includeDeleted?: boolean | null;
  readonly where?: WhereInput | null;
  readonly search?: string | null;
  readonly orderBy?: OrderByInput | null;
}

/** What the plans of an operation have in common. */
export interface PlanningScope extends RowScope {
  readonly schema: GraphQLSchema;
  /** What of global ids decides a plan: the types of their rows. */
  readonly nodeTypes: ShapeOf;
  /** What of representations decides a plan: the types of their rows, and by which keys they are named. */
  readonly entityLookups: ShapeOf;
  /** What of the operations of a transaction decides a plan: the tables of their rows. */
  readonly operationTypes: ShapeOf;
}

/** A read plan, and whether it is good for other requests that ask the same: nothing in it failed. */
export interface NewReadPlan<Plan extends NodePlan> extends ReadPlan<Plan> {
  readonly isReusable: boolean;
}

interface OneOptions {
  /** How fresh all of it is read, whatever is asked. */
  readonly fixed?: AskedConsistency | undefined;
  /** The row is shown although it was deleted. Rows below it are not. */
  readonly includeDeleted?: boolean;
}

/**
 * A plan for one row per key.
 *
 * @param field its selection describes the row.
 */
export function planOne(
  scope: PlanningScope,
  table: TableModel,
  match: Match,
  field: SelectedField,
  { fixed, includeDeleted = false }: OneOptions = {},
): NewReadPlan<OneNodePlan> {
  const planner = new ReadPlanner(scope, fixed);
  return planner.finish(planner.one(table, match, field, includeDeleted));
}

/**
 * A plan for one row per key that is shown at several places.
 *
 * @param places fields whose selections describe the row there, by path below the field that the plan is for.
 * @param includeDeleted rows are shown although they were deleted. Those below them are not.
 */
export function planRows(
  scope: PlanningScope,
  table: TableModel,
  match: Match,
  places: ReadonlyMap<string, SelectedField>,
  includeDeleted = false,
): NewReadPlan<RowsNodePlan> {
  const planner = new ReadPlanner(scope);
  return planner.finish(planner.rows(table, match, places, includeDeleted));
}

/** A plan for a page of rows per key. `list` names the list in cursors. */
export function planPage(
  scope: PlanningScope,
  table: TableModel,
  match: Match,
  list: string,
  args: FieldArguments,
  field: SelectedField,
  fixed?: AskedConsistency,
): NewReadPlan<PageNodePlan> {
  const planner = new ReadPlanner(scope, fixed);
  return planner.finish(planner.page(table, match, list, args, field));
}

class ReadPlanner {
  readonly #values = new PlanValues();
  /** What has to be read into the values before the plan can run. Relations on other shards have sets of their own. */
  readonly #idSets: IdSet[] = [];
  /** How fresh the rows must be: as the strictest field of the plan asks. Complete once the plan is made. */
  readonly #needs: FreshnessNeeds;
  readonly #scope: PlanningScope;
  readonly #rows: PlanScope;
  readonly #budget: FilterBudget;
  readonly #fixed: AskedConsistency | undefined;
  /** How many relations what is being planned lies below. */
  #level: number;
  #isReusable = true;

  constructor(scope: PlanningScope, fixed?: AskedConsistency, budget = new FilterBudget(), level = 0) {
    this.#scope = scope;
    this.#rows = { model: scope.model, access: scope.access, values: this.#values };
    this.#fixed = fixed;
    this.#needs = new FreshnessNeeds(fixed);
    this.#budget = budget;
    this.#level = level;
  }

  /** The plan with what running it needs. */
  finish<Plan extends NodePlan>(plan: Plan): NewReadPlan<Plan> {
    this.#needs.requirePlan(wholeModel(this.#scope.model), plan.compiled, this.#idSets);
    return { plan, values: this.#values, idSets: this.#idSets, needs: this.#needs, isReusable: this.#isReusable };
  }

  one(table: TableModel, match: Match, field: SelectedField, includeDeleted: boolean): OneNodePlan {
    this.#checkConsistency(table, field);
    const draft = new NodeDraft(this.#rows, table, includeDeleted);
    const view = this.#view(draft, field);
    return { kind: 'one', compiled: draft.one(match), view };
  }

  rows(
    table: TableModel,
    match: Match,
    places: ReadonlyMap<string, SelectedField>,
    includeDeleted: boolean,
  ): RowsNodePlan {
    const draft = new NodeDraft(this.#rows, table, includeDeleted);
    const views = new Map<string, RowView>();
    for (const [path, field] of places) {
      this.#checkConsistency(table, field);
      views.set(path, this.#view(draft, field));
    }
    return { kind: 'rows', compiled: draft.one(match), views };
  }

  page(table: TableModel, match: Match, list: string, args: FieldArguments, field: SelectedField): PageNodePlan {
    this.#checkConsistency(table, field);
    const { model } = this.#scope;
    const given: ListArguments = args.values;
    const draft = new NodeDraft(this.#rows, table, given.includeDeleted === true);
    const search = given.search ?? null;
    if (search !== null) parseSearch(search);
    const isRanked = search !== null && allowsRank(table);
    const { terms: orderBy, computed } = listOrder(this.#rows, table, given.orderBy ?? [], isRanked);
    const filter = given.where ? this.#filter(draft, args, given.where) : null;
    const { parts, views, shown, aggregates } = this.#connection(draft, field, search !== null);
    const rankedBy = orderBy[0]!.column === RANK_COLUMN ? search : null;
    const scope = { model, table: table.typeName, computed, list, orderBy, rankedBy };
    const page = pageShape(scope, args, parts, this.#values);
    draft.compute(computed);
    // Cursors hold the order's values, and answers of several shards are merged by them.
    const isOfOneShard = match.through === null && match.match.includes(table.shardKey.name);
    if (page.rows && (parts.cursors || !isOfOneShard)) draft.need(orderBy.map((term) => term.column));
    const query = search === null ? null : this.#query(args, search, rankedBy !== null);
    const compiled = draft.page(match, filter, page, query);
    const cursor = cursorFormat(scope);
    return { kind: 'page', compiled, shape: draft.shape, views, parts: shown, orderBy, cursor, aggregates };
  }

  /** Cursors of a list that is ordered by a search hold what was searched for: then it is part of the plan. */
  #query(args: FieldArguments, search: string, isInCursors: boolean): number {
    if (isInCursors) return this.#values.add(search);
    return this.#values.addPart({ args, path: 'search', given: search }, (text) => {
      parseSearch(text as string);
      return text as string;
    });
  }

  #filter(draft: NodeDraft, args: FieldArguments, where: WhereInput): Filter | null {
    const parts: FilterParts = { ...this.#rows, args, idSets: this.#idSets, computed: [] };
    const filter = whereToFilter(draft.shape.table, where, parts, this.#budget);
    draft.compute(parts.computed);
    return filter;
  }

  /** Which parts of a connection are selected, and the rows' views at each place that shows them. */
  #connection(draft: NodeDraft, field: SelectedField, isSearched: boolean) {
    const { table } = draft.shape;
    const views = new Map<string, RowView>();
    const aggregates = new AggregatesDraft(this.#scope.schema, table, this.#values, this.#budget);
    const pageInfo = new Set<string>();
    let rows = false;
    let totalCount = false;
    let cursors = false;
    const shown: ShownPart[] = [];
    for (const part of field.fields(this.#objectType(`${table.typeName}Connection`))) {
      if (part.name !== 'nodes') this.#requireLeaves(table, part);
      const { key } = part;
      switch (part.name) {
        case 'nodes': {
          rows = true;
          const view = this.#view(draft, part);
          views.set(key, view);
          shown.push({ key, kind: 'nodes', view });
          break;
        }
        case 'edges': {
          rows = true;
          const fields: ShownEdgeField[] = [];
          for (const ofEdge of part.fields(this.#objectType(`${table.typeName}Edge`))) {
            cursors ||= ofEdge.name === 'cursor';
            if (ofEdge.name === 'node') {
              const view = this.#view(draft, ofEdge);
              views.set(`${key}/${ofEdge.key}`, view);
              fields.push({ key: ofEdge.key, kind: 'node', view });
              continue;
            }
            if (isSearched) draft.needOfSearch(ofEdge.name);
            fields.push(
              ofEdge.name === 'cursor'
                ? { key: ofEdge.key, kind: 'cursor' }
                : plainField(`${table.typeName}Edge`, ofEdge),
            );
          }
          shown.push({ key, kind: 'edges', fields });
          break;
        }
        case 'pageInfo': {
          const fields = part.fields(this.#objectType('PageInfo'));
          for (const { name } of fields) pageInfo.add(name);
          shown.push({ key, kind: 'pageInfo', fields: fields.map(pageInfoField) });
          break;
        }
        case 'totalCount':
          totalCount = true;
          shown.push({ key, kind: 'totalCount' });
          break;
        case 'aggregate':
          shown.push({ key, kind: 'aggregate', fields: aggregates.aggregate(part) });
          break;
        case 'groupBy':
          shown.push({ key, kind: 'groupBy', fields: aggregates.groupBy(part) });
          break;
        default:
          shown.push(plainField(`${table.typeName}Connection`, part));
      }
    }
    pageInfo.delete(TYPE_NAME);
    const parts: ConnectionParts = {
      rows: rows || pageInfo.size > 0,
      cursors: cursors || pageInfo.has('startCursor') || pageInfo.has('endCursor'),
      hasNextPage: pageInfo.has('hasNextPage'),
      hasPreviousPage: pageInfo.has('hasPreviousPage'),
      totalCount,
      aggregates: aggregates.shape,
    };
    const made = aggregates.build();
    if (made.groups.values().some((groups) => groups instanceof Error)) this.#isReusable = false;
    return { parts, views, shown, aggregates: made };
  }

  #view(draft: NodeDraft, field: SelectedField): RowView {
    const { table } = draft.shape;
    const relations = new Map<string, RelationPlan>();
    const fields: ShownField[] = [];
    const type = this.#objectType(table.typeName);
    for (const selected of field.fields(type)) {
      const role = roleOf(type.getFields()[selected.name]);
      if (role?.kind === 'relation') {
        const mark = this.#idSets.length;
        const relation = this.#relation(draft, role.relation, selected);
        relations.set(selected.key, relation);
        fields.push({ key: selected.key, kind: 'relation', relation });
        for (const idSet of this.#idSets.slice(mark)) idSet.owner ??= relation;
        continue;
      }
      this.#requireLeaves(table, selected);
      draft.need(columnsOf(table, role));
      fields.push(shownField(table, role, selected));
    }
    return { shape: draft.shape, relations, fields };
  }

  #relation(draft: NodeDraft, relation: RelationModel, field: SelectedField): RelationPlan {
    const mark = { values: this.#values.length, idSets: this.#idSets.length };
    this.#level++;
    try {
      if (this.#level > MAX_RELATION_LEVELS) throw tooManyLevels();
      draft.need(relation.from);
      if (relation.colocated) {
        const target = this.#target(draft.shape.table, relation, field);
        return { kind: 'nested', position: draft.nest(field.key, relation.from, target.compiled.node), target };
      }
      return this.#farRelation(draft.shape.table, relation, field);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // Only this field is wrong; its resolver throws the error, so that it gets the field's own path.
      this.#isReusable = false;
      this.#values.truncate(mark.values);
      this.#idSets.length = mark.idSets;
      return { kind: 'failed', error };
    } finally {
      this.#level--;
    }
  }

  #farRelation(parent: TableModel, relation: RelationModel, field: SelectedField): RelationPlan {
    const { through } = relation;
    const planner = new ReadPlanner(this.#scope, this.#fixed, this.#budget, this.#level);
    const target = planner.#target(parent, relation, field);
    const read = planner.finish(target);
    if (!read.isReusable) this.#isReusable = false;
    if (through === null) return { kind: 'separate', relation, read };
    if (through.colocatedWithTarget || target.kind !== 'page') {
      read.needs.requireSeen(this.#scope.model.table(through.type));
      return { kind: 'separate', relation, read };
    }
    const links = joinRowsPlan(this.#scope, relation);
    read.needs.requirePlan(wholeModel(this.#scope.model), links.plan, []);
    return { kind: 'through', relation, links, read: { ...read, plan: target } };
  }

  #target(parent: TableModel, relation: RelationModel, field: SelectedField): OneNodePlan | PageNodePlan {
    const table = this.#scope.model.table(relation.targetType);
    const match = matchOfRelation(this.#rows, relation);
    if (relation.kind === 'one') return this.one(table, match, field, false);
    const args = field.argumentsOf(this.#objectType(parent.typeName));
    return this.page(table, match, `${parent.typeName}.${relation.name}`, args, field);
  }

  #checkConsistency(table: TableModel, field: SelectedField): void {
    for (const own of field.own) this.#needs.check(table, own);
  }

  /** Fields that show no rows of other tables: what they ask for, or what is asked around them. */
  #requireLeaves(table: TableModel, field: SelectedField): void {
    this.#checkConsistency(table, field);
    for (const asked of field.leaves) this.#needs.require(table, asked);
  }

  #objectType(name: string): GraphQLObjectType {
    return this.#scope.schema.getType(name) as GraphQLObjectType;
  }
}

const pageInfoField = (field: SelectedField): ShownPageInfo => {
  const { key, name } = field;
  switch (name) {
    case 'hasNextPage':
    case 'hasPreviousPage':
    case 'startCursor':
    case 'endCursor':
      return { key, kind: name };
    default:
      return plainField('PageInfo', field);
  }
};

const tooManyLevels = (): ShardQLError =>
  new ShardQLError(
    'DEPTH_LIMIT_EXCEEDED',
    `Expected at most ${MAX_RELATION_LEVELS} relations within each other, but got more. Ask for the inner ones by themselves.`,
  );
