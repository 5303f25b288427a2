import type { GraphQLObjectType } from 'graphql';
import type { MutationKind } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import { rowMatch } from '../../plans/arguments/row-key.ts';
import { shardKeyOfList } from '../../plans/compile-operation.ts';
import type { IdSet } from '../../plans/filter/id-set.ts';
import { rowByKeyPlan } from '../../plans/internal-plans.ts';
import { targetKeysPlan, targetRowsPlan } from '../../plans/many-to-many-plans.ts';
import type {
  FarRelation,
  NodePlan,
  OneNodePlan,
  ReadPlan,
  RelationPlan,
  RowsNodePlan,
} from '../../plans/node-plan.ts';
import type { BulkWritePlan, EntitiesPlan, FieldPlan, TransactionPlan, WritePlan } from '../../plans/operation-plan.ts';
import type { RowKeysPlan } from '../../plans/rows-of-where.ts';
import type { DocumentField } from '../../plans/selection/selected-field.ts';
import type { OperationInput } from '../../plans/transaction-operations.ts';
import type { CompiledPlan } from '../../shards/plan/compiled-plan.ts';
import type { Read } from '../../shards/plan/read.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import { type ShardKey, shardKeyOf, toShardKey } from '../../shards/shard-key.ts';
import { readOfIdSet } from '../across-shards/fill-id-sets.ts';
import { shardKeyIn } from '../across-shards/read-keys.ts';
import type { DraftSubject } from '../mutations/compile/write-draft.ts';
import { locatingRead } from '../mutations/locate-row.ts';
import { requestedEntities, shardKeysOf } from '../resolve-entities.ts';
import type { RootListArguments } from '../resolve-list.ts';
import { requestedNodes } from '../resolve-nodes.ts';
import type { OneArguments } from '../resolve-one.ts';
import type { FieldRun } from '../run/field-run.ts';
import { outlineBulk } from './outline-bulk.ts';
import { isGiven, type OutlinedFailure, outlineSelection, pathText } from './outline-selection.ts';
import { outlineTransaction } from './outline-transaction.ts';
import { type OutlinedOperation, outlineWrite } from './outline-write.ts';
import { shownTypes } from './shown-types.ts';

/** A read that would be made. */
export interface OutlinedRead {
  /** Response keys. */
  readonly path: readonly string[];
  readonly read: Read;
  /** False where keys come from rows: then those of `read` stand for them. */
  readonly areShardsKnown: boolean;
}

interface OutlinedWrite extends OutlinedRead {
  /** False if nothing is shown of the rows: then `read` is not made. */
  readonly isShown: boolean;
  readonly operation: MutationKind;
  readonly key: readonly string[];
  readonly sets: readonly string[];
}

/** What a root field would do. */
export interface FieldOutline {
  readonly reads: readonly OutlinedRead[];
  readonly writes: readonly OutlinedWrite[];
  readonly notRun: readonly (readonly string[])[];
  readonly failures: readonly OutlinedFailure[];
}

/** @throws what is wrong with the field itself. */
export function outlineField(type: GraphQLObjectType, field: DocumentField, run: FieldRun): FieldOutline {
  const outliner = new FieldOutliner(run);
  outliner.root(type, field);
  return outliner;
}

/** Values of a key that come from rows. */
const UNKNOWN_KEY = null;
/** Stands for the shard keys of rows: every shard would run the same statements. */
const ANY_SHARD_KEY = '' as ShardKey;

class FieldOutliner implements FieldOutline {
  readonly reads: OutlinedRead[] = [];
  readonly writes: OutlinedWrite[] = [];
  readonly notRun: string[][] = [];
  readonly failures: OutlinedFailure[] = [];
  readonly #run: FieldRun;
  /** Relations and groups whose arguments are wrong, by path. */
  readonly #wrong = new Map<string, Error>();

  constructor(run: FieldRun) {
    this.#run = run;
  }

  root(type: GraphQLObjectType, field: DocumentField): void {
    const plan = this.#run.operation.at({ prev: undefined, key: field.key, typename: type.name });
    if (plan.kind === 'failed') throw plan.error;
    // The type has no field of that name.
    if (plan.kind === 'meta') return;
    const args = field.argumentsOf(type).values;
    this.#plan(plan, args, field);
    const { schema } = this.#run.operation.scope;
    const selected = { field, path: [field.key], place: [field.key], isSearched: isGiven(args.search) };
    for (const shown of shownTypes(schema, type, field, plan)) outlineSelection(this, shown, selected, this.#wrong);
  }

  #plan(plan: FieldPlan, args: Readonly<Record<string, unknown>>, field: DocumentField): void {
    switch (plan.kind) {
      case 'list': {
        const key = shardKeyOfList(this.#run.context.access, plan.table, args as RootListArguments);
        const shardKeys = key === undefined ? null : [toShardKey(plan.table.shardKey, key)];
        this.#read(plan.read, [key === undefined ? [] : [key]], shardKeys);
        break;
      }
      case 'one': {
        const { by, shardKey } = args as unknown as OneArguments;
        const match = rowMatch(plan.table, by, shardKey, this.#run.context.access.shardKeyOf(plan.table.typeName));
        this.#read(plan.read, [match.values], match.shardKey === null ? null : [match.shardKey]);
        break;
      }
      case 'nodes':
        this.#nodes(plan, args, field);
        break;
      case 'entities':
        this.#entities(plan, args, field);
        break;
      case 'write':
        this.#write(plan, args);
        break;
      case 'bulkWrite':
        this.#bulkWrite(plan, args);
        break;
      case 'transaction':
        this.#transaction(plan, args);
        break;
      case 'user':
        this.notRun.push([field.key]);
        break;
      case 'meta':
      case 'failed':
        break;
    }
  }

  #nodes(
    { readByTable }: FieldPlan & { kind: 'nodes' },
    args: Readonly<Record<string, unknown>>,
    field: DocumentField,
  ) {
    const { model } = this.#run.context;
    const isOne = model.globalIdField in args;
    const nodeIds = (isOne ? [args[model.globalIdField]] : args[`${model.globalIdField}s`]) as readonly string[];
    const { failures, requestsByTable } = requestedNodes(model, nodeIds);
    const fail = (error: Error, index: number) =>
      this.failures.push({ error, field, path: isOne ? [field.key] : [field.key, index] });
    for (const [index, error] of failures) fail(error, index);
    for (const [table, requests] of requestsByTable) {
      const read = readByTable.get(table)!;
      const keys = requests.map(({ primaryKey }) => primaryKey);
      if (!(read instanceof Error))
        this.#read(
          read,
          keys,
          keys.map((key) => shardKeyOf(table, key)),
        );
      else for (const { index } of requests) fail(read, index);
    }
  }

  #entities({ lookups }: EntitiesPlan, { representations }: Readonly<Record<string, unknown>>, field: DocumentField) {
    const { context, operation } = this.#run;
    const given = representations as readonly unknown[];
    const { failures, requestsByLookup } = requestedEntities(context.model, operation.scope.schema, given);
    const fail = (error: Error, index: number) => this.failures.push({ error, field, path: [field.key, index] });
    for (const [index, error] of failures) fail(error, index);
    for (const [lookup, requests] of requestsByLookup) {
      const { read } = lookups.get(lookup)!;
      if (!(read instanceof Error))
        this.#read(
          read,
          requests.map(({ values }) => values),
          shardKeysOf(requests),
        );
      else for (const { index } of requests) fail(read, index);
    }
  }

  #write({ table, mutation, read }: WritePlan, args: Readonly<Record<string, unknown>>): void {
    const { draft, shardKey, ...outline } = outlineWrite(this.#run.operation.scope, mutation, table, args);
    if (shardKey === null) this.#lookUp(draft);
    this.#written(mutation, table, read, outline, shardKey === null ? null : [shardKey]);
  }

  #bulkWrite({ table, mutation, read }: BulkWritePlan, args: Readonly<Record<string, unknown>>): void {
    const { shardKeys, found, ...outline } = outlineBulk(this.#run.operation.scope, mutation, table, args);
    if (found) this.#found(found, shardKeys);
    this.#written(mutation, table, read, { ...outline, known: {} }, shardKeys);
  }

  #transaction(
    { readByTable, readOfPurgedByTable }: TransactionPlan,
    { operations: given }: Readonly<Record<string, unknown>>,
  ): void {
    const { scope } = this.#run.operation;
    const { shardKey, lookedFor, operations } = outlineTransaction(scope, given as readonly OperationInput[]);
    if (lookedFor) this.#lookUp(lookedFor);
    const shardKeys = shardKey === null ? null : [shardKey];
    for (const { kind, table, found, ...outline } of operations) {
      if (found) this.#found(found, shardKeys);
      const read = (kind === 'purge' ? readOfPurgedByTable : readByTable).get(table) ?? null;
      if (read instanceof Error) throw read;
      this.#written(kind, table, read, outline, shardKeys);
    }
  }

  /** Where the row is would be asked first. */
  #lookUp(draft: DraftSubject): void {
    this.reads.push({ path: this.#run.path, read: locatingRead(this.#run.context, draft), areShardsKnown: true });
  }

  /**
   * Rows that conditions find are read first, in the same transaction.
   *
   * @param shardKeys null: that has to be found.
   */
  #found({ plan, values, idSets }: RowKeysPlan, shardKeys: readonly ShardKey[] | null): void {
    const { path } = this.#run;
    this.#idSets(idSets, path);
    const read = { plan, values: values.ofMaking, keys: [[]], shardKeys: shardKeys ?? [ANY_SHARD_KEY] };
    this.reads.push({ path, read, areShardsKnown: shardKeys !== null });
  }

  /**
   * @param read of the rows that are written; null: nothing is shown of them.
   * @param shardKeys those that they lie under; null: one that has to be found.
   */
  #written(
    mutation: MutationKind,
    table: TableModel,
    read: ReadPlan<OneNodePlan | RowsNodePlan> | null,
    { key, sets, known }: OutlinedOperation,
    shardKeys: readonly ShardKey[] | null,
  ): void {
    const { path, operation } = this.#run;
    if (read) this.#idSets(read.idSets, path);
    const plan = read?.plan.compiled ?? rowByKeyPlan(table);
    const values = read ? operation.valuesOf(read) : [];
    const named = plan.node.match.map((column) => known[column] ?? UNKNOWN_KEY);
    const under = shardKeys ?? [ANY_SHARD_KEY];
    this.writes.push({
      path,
      read: { plan, values, keys: under.map(() => named), shardKeys: under },
      areShardsKnown: shardKeys !== null,
      isShown: read !== null,
      operation: mutation,
      key,
      sets,
    });
    if (read) this.#far(read.plan, path);
  }

  /** A read by known keys, and what is read for it and below it. */
  #read(read: ReadPlan, keys: Read['keys'], shardKeys: Read['shardKeys']): void {
    const { operation, path } = this.#run;
    this.#idSets(read.idSets, path);
    const known = { plan: read.plan.compiled, values: operation.valuesOf(read), keys, shardKeys };
    this.reads.push({ path, read: known, areShardsKnown: true });
    this.#far(read.plan, path);
  }

  /** Innermost first. */
  #idSets(idSets: readonly IdSet[], path: readonly string[]): void {
    for (const idSet of idSets) {
      this.#idSets(idSet.inner, path);
      const read = readOfIdSet(idSet, this.#run.operation.valuesOf(idSet), this.#run);
      this.reads.push({ path, read, areShardsKnown: true });
    }
  }

  /** The relations across shards below a plan. */
  #far(plan: NodePlan, path: readonly string[]): void {
    const views = plan.kind === 'one' ? ([['', plan.view]] as const) : plan.views;
    const groups = plan.kind === 'page' ? plan.aggregates.groups : [];
    for (const [key, group] of groups) if (group instanceof Error) this.#wrong.set(pathText([...path, key]), group);
    for (const [place, { relations }] of views) {
      const steps = place === '' ? path : [...path, ...place.split('/')];
      for (const [key, relation] of relations) this.#relation(relation, [...steps, key]);
    }
  }

  #relation(relation: RelationPlan, path: readonly string[]): void {
    switch (relation.kind) {
      case 'nested':
        this.#far(relation.target, path);
        break;
      case 'separate':
      case 'through':
        this.#idSets(relation.read.idSets, path);
        this.#farReads(relation, path);
        this.#far(relation.read.plan, path);
        break;
      case 'failed':
        this.#wrong.set(pathText(path), relation.error);
    }
  }

  #farReads(relation: FarRelation, path: readonly string[]): void {
    const values = this.#run.operation.valuesOf(relation.read);
    if (relation.kind === 'separate') {
      this.#byUnknownKey(relation.read.plan.compiled, values, path);
      return;
    }
    const { compiled } = relation.read.plan;
    this.#byUnknownKey(relation.links.plan, this.#run.operation.valuesOf(relation.links), path);
    this.#byUnknownKey(compiled.derived(targetKeysPlan, null), values, path);
    this.#byUnknownKey(compiled.derived(targetRowsPlan, null), values, path);
  }

  #byUnknownKey(plan: CompiledPlan, values: readonly PlanValue[], path: readonly string[]): void {
    const { node } = plan;
    const isScatter = shardKeyIn(this.#run.context.model, node).index < 0;
    const key = (node.through?.from ?? node.match).map(() => UNKNOWN_KEY);
    const read = { plan, values, keys: [key], shardKeys: isScatter ? null : [ANY_SHARD_KEY] };
    this.reads.push({ path, read, areShardsKnown: isScatter });
  }
}
