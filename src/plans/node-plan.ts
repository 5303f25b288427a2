/**
 * How answers of a plan are read: the counterpart of the plan that goes to the shard. A `PlanNode` says what to read;
 * these say which cell of a row belongs to which column, and which answer to which response key.
 */

import type { ColumnModel, RelationModel, TableModel, WireValue } from '../model/types.ts';
import type { CompiledPlan } from '../shards/plan/compiled-plan.ts';
import type { OneNode, PageNode } from '../shards/plan/node.ts';
import type { OrderTerm } from '../shards/plan/order.ts';
import type { AggregateSelection } from './aggregates/aggregate-selection.ts';
import type { GroupPart } from './aggregates/group-values.ts';
import type { GroupsPlan } from './aggregates/groups-plan.ts';
import type { IdSet } from './filter/id-set.ts';
import type { FreshnessNeeds } from './freshness/freshness-needs.ts';
import type { PlanValues } from './plan-values.ts';
import type { CursorFormat } from './tokens/cursor.ts';

/** The cells of the rows of one plan node: columns first, then one answer per nested relation. */
export interface RowShape {
  readonly table: TableModel;
  readonly columnIndex: ReadonlyMap<string, number>;
  /** Number of columns: where the answers of relations start. */
  readonly width: number;
}

/**
 * One place of the response that shows rows of a node: `nodes` and `edges { node }` of one connection, or aliases of
 * them, read the same rows but select other relations.
 */
export interface RowView {
  readonly shape: RowShape;
  /** By response key. */
  readonly relations: ReadonlyMap<string, RelationPlan>;
  /** All that is shown, in the order of the response. */
  readonly fields: readonly ShownField[];
}

/** `text`: SQLite can print it as JSON. `cells`: its values have to be read, and are shown by code. */
type OutputForm = 'text' | 'cells';

/** What stands at a response key. */
interface Shown {
  readonly key: string;
}

/** `__typename`. */
interface ShownTypeName extends Shown {
  readonly kind: 'typename';
  readonly type: string;
}

/** What only a resolver can show: users' fields, and what has arguments of its own. */
interface ShownByResolver extends Shown {
  readonly kind: 'resolver';
}

/** A field of a row. */
export type ShownField =
  | (Shown & { readonly kind: 'column'; readonly column: ColumnModel; readonly output: OutputForm })
  | (Shown & { readonly kind: 'nodeId'; readonly output: OutputForm })
  | (Shown & { readonly kind: 'version' })
  | (Shown & { readonly kind: 'relation'; readonly relation: RelationPlan })
  | ShownTypeName
  | ShownByResolver;

/** A field of an edge. */
export type ShownEdgeField =
  | (Shown & { readonly kind: 'node'; readonly view: RowView })
  | (Shown & { readonly kind: 'cursor' })
  | ShownTypeName
  | ShownByResolver;

/** A field of an aggregate, or of a group. */
export type ShownMeasure =
  | (Shown & { readonly kind: 'count' })
  | (Shown & { readonly kind: 'part'; readonly part: GroupPart; readonly fields: readonly ShownPartField[] })
  | ShownTypeName
  | ShownByResolver;

export type ShownPartField =
  | (Shown & { readonly kind: 'column'; readonly column: ColumnModel })
  | ShownTypeName
  | ShownByResolver;

/** A field of a connection. */
export type ShownPart =
  | (Shown & { readonly kind: 'nodes'; readonly view: RowView })
  | (Shown & { readonly kind: 'edges'; readonly fields: readonly ShownEdgeField[] })
  | (Shown & { readonly kind: 'pageInfo'; readonly fields: readonly ShownPageInfo[] })
  | (Shown & { readonly kind: 'totalCount' })
  | (Shown & { readonly kind: 'aggregate' | 'groupBy'; readonly fields: readonly ShownMeasure[] })
  | ShownTypeName
  | ShownByResolver;

/** A field of `pageInfo`. */
export type ShownPageInfo =
  | (Shown & { readonly kind: 'hasNextPage' | 'hasPreviousPage' | 'startCursor' | 'endCursor' })
  | ShownTypeName
  | ShownByResolver;

export type RelationPlan =
  /** Travels in the parent's row, `position` answers after its columns. */
  | { readonly kind: 'nested'; readonly position: number; readonly target: TargetPlan }
  | FarRelation
  /** Its arguments were wrong: the field fails, its siblings do not. */
  | { readonly kind: 'failed'; readonly error: Error };

/** A plan, and what running it needs besides. */
export interface ReadPlan<Plan extends NodePlan = NodePlan> {
  readonly plan: Plan;
  readonly values: PlanValues;
  /** What has to be read into the values before the plan can run. */
  readonly idSets: readonly IdSet[];
  readonly needs: FreshnessNeeds;
}

/** A relation to rows of other shards, with their join table beside them if there is one: read for all parents of a level at once. */
interface SeparateRelation {
  readonly kind: 'separate';
  readonly relation: RelationModel;
  readonly read: ReadPlan<TargetPlan>;
}

/** Reads the rows of a join table. */
export interface LinksPlan {
  readonly plan: CompiledPlan<PageNode>;
  readonly values: PlanValues;
}

/**
 * A many-to-many relation whose join table lies on other shards than its target: the rows of the join table are read first,
 * then the rows they name. The plan describes the page that one parent gets; no shard can run it as it stands.
 */
export interface ThroughRelation {
  readonly kind: 'through';
  readonly relation: RelationModel;
  readonly links: LinksPlan;
  readonly read: ReadPlan<PageNodePlan>;
}

export type FarRelation = SeparateRelation | ThroughRelation;

/** Values of the columns that the rows of a relation are matched by. */
export type RelationKey = readonly Exclude<WireValue, null>[];

export interface OneNodePlan {
  readonly kind: 'one';
  readonly compiled: CompiledPlan<OneNode>;
  readonly view: RowView;
}

/** Rows by their keys, each of which is shown at several places. */
export interface RowsNodePlan {
  readonly kind: 'rows';
  readonly compiled: CompiledPlan<OneNode>;
  /** By path below the field that the plan is for (response keys). */
  readonly views: ReadonlyMap<string, RowView>;
}

export interface PageNodePlan {
  readonly kind: 'page';
  readonly compiled: CompiledPlan<PageNode>;
  readonly shape: RowShape;
  /** By path below the connection: `nodes`, or `edges/node` (response keys). */
  readonly views: ReadonlyMap<string, RowView>;
  /** All that is shown, in the order of the response. */
  readonly parts: readonly ShownPart[];
  readonly orderBy: readonly OrderTerm[];
  readonly cursor: CursorFormat;
  readonly aggregates: AggregatesPlan;
}

/** How the aggregates of a list are read. */
export interface AggregatesPlan {
  readonly whole: AggregateSelection;
  /** By response key: a plan and the position of its groups in answers, or why its arguments were wrong. */
  readonly groups: ReadonlyMap<string, { readonly plan: GroupsPlan; readonly position: number } | Error>;
}

/** What a relation leads to. */
export type TargetPlan = OneNodePlan | PageNodePlan;

export type NodePlan = TargetPlan | RowsNodePlan;
