import type { BulkMutation, RowMutation } from '../model/mutation-names.ts';
import type { TableModel } from '../model/types.ts';
import type {
  FarRelation,
  NodePlan,
  OneNodePlan,
  PageNodePlan,
  ReadPlan,
  RelationPlan,
  RowsNodePlan,
} from './node-plan.ts';
import type { PlanValues } from './plan-values.ts';

/** What a field of the operation reads and writes. */
export type FieldPlan =
  | { readonly kind: 'list'; readonly table: TableModel; readonly read: ReadPlan<PageNodePlan> }
  | { readonly kind: 'one'; readonly table: TableModel; readonly read: ReadPlan<OneNodePlan> }
  /** Rows by their global ids: a plan for each type among them, or why there is none. */
  | { readonly kind: 'nodes'; readonly readByTable: ReadonlyMap<TableModel, ReadPlan<OneNodePlan> | Error> }
  | EntitiesPlan
  | WritePlan
  | BulkWritePlan
  | TransactionPlan
  /** Users' code answers, and decides what else is read. */
  | { readonly kind: 'user' }
  /** `__typename` and introspection. */
  | { readonly kind: 'meta'; readonly name: string }
  /** Its arguments were wrong, or its selection cannot be read: the field fails, those beside it do not. */
  | { readonly kind: 'failed'; readonly error: Error };

/** Rows by their keys, as the router of a supergraph names them: a plan for each lookup by its name, or why there is none. */
export interface EntitiesPlan {
  readonly kind: 'entities';
  readonly lookups: ReadonlyMap<string, EntityRead>;
}

interface EntityRead {
  readonly table: TableModel;
  readonly read: ReadPlan<OneNodePlan> | Error;
}

/** Of the rows that operations write, by table: those of tables that are not here are not shown. */
export interface TransactionPlan {
  readonly kind: 'transaction';
  readonly readByTable: ReadonlyMap<TableModel, ReadPlan<RowsNodePlan> | Error>;
  /** Of those that are purged: they were deleted before. */
  readonly readOfPurgedByTable: ReadonlyMap<TableModel, ReadPlan<RowsNodePlan> | Error>;
}

export interface WritePlan {
  readonly kind: 'write';
  readonly table: TableModel;
  readonly mutation: RowMutation;
  /** Of the row that is written. */
  readonly read: ReadPlan<OneNodePlan>;
}

export interface BulkWritePlan {
  readonly kind: 'bulkWrite';
  readonly table: TableModel;
  readonly mutation: BulkMutation;
  /** Of each row that is written, by response keys of the payload; null: none is shown. */
  readonly read: ReadPlan<RowsNodePlan> | null;
}

/** An operation, compiled: the same object for all requests that ask for the same shape. */
export interface OperationPlan {
  /** Root fields by response key; none where they could not be collected. */
  readonly fields: ReadonlyMap<string, FieldPlan>;
  /** Why root fields could not be collected: each of them fails. */
  readonly failure: Error | null;
  /** The values in it that differ from request to request. */
  readonly bindings: readonly PlanValues[];
  /** True if nothing in it failed: then it is good for other requests too. */
  readonly isReusable: boolean;
}

/** The reads that a field makes; those of relations across shards, which `farReads` finds below them, are not among them. */
export function readsOf(plan: FieldPlan): readonly ReadPlan[] {
  switch (plan.kind) {
    case 'list':
    case 'one':
    case 'write':
      return [plan.read];
    case 'bulkWrite':
      return plan.read === null ? [] : [plan.read];
    case 'nodes':
      return withoutErrors(plan.readByTable.values());
    case 'entities':
      return withoutErrors(plan.lookups.values().map(({ read }) => read));
    case 'transaction':
      return withoutErrors([...plan.readByTable.values(), ...plan.readOfPurgedByTable.values()]);
    case 'user':
    case 'meta':
    case 'failed':
      return [];
  }
}

const withoutErrors = (reads: Iterable<ReadPlan | Error>): ReadPlan[] =>
  [...reads].flatMap((read) => (read instanceof Error ? [] : [read]));

/** All reads of a plan: itself, and those of relations across shards at any depth. */
export const allReads = (read: ReadPlan): ReadPlan[] => [read, ...farReads(read.plan).flatMap(allReads)];

const farReads = (plan: NodePlan): ReadPlan[] => farRelations(plan).map(({ read }) => read);

/** The relations across shards that are found without reading. */
function farRelations(plan: NodePlan): FarRelation[] {
  const views = plan.kind === 'one' ? [plan.view] : [...plan.views.values()];
  return views.flatMap(({ relations }) => [...relations.values()].flatMap(farRelationsOf));
}

function farRelationsOf(relation: RelationPlan): FarRelation[] {
  switch (relation.kind) {
    case 'nested':
      return farRelations(relation.target);
    case 'separate':
    case 'through':
      return [relation];
    case 'failed':
      return [];
  }
}

/** The values of the reads of fields, and of what is read for them, which differ from request to request. */
export const bindingsOf = (fields: Iterable<FieldPlan>): PlanValues[] =>
  [...fields]
    .flatMap(readsOf)
    .flatMap(allReads)
    .flatMap((read) => [...valuesIn(read), ...valuesOfLinks(read.plan)])
    .filter((values) => values.isBound);

const valuesIn = ({ values, idSets }: Pick<ReadPlan, 'values' | 'idSets'>): PlanValues[] => [
  values,
  ...idSets.flatMap((idSet) => valuesIn({ values: idSet.values, idSets: idSet.inner })),
];

/** Of the join tables that lead to other shards. */
const valuesOfLinks = (plan: NodePlan): PlanValues[] =>
  farRelations(plan).flatMap((relation) => (relation.kind === 'through' ? [relation.links.values] : []));
