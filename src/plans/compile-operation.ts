/** Where a GraphQL operation becomes a plan: one walk from the operation down. */

import { type GraphQLObjectType, getNamedType } from 'graphql';
import type { TableModel } from '../model/types.ts';
import { matchOn } from '../shards/plan/node.ts';
import type { AccessRules } from './access/access-rules.ts';
import { type KeyInput, rowMatch, shardKeyArgument } from './arguments/row-key.ts';
import { lookupsOf } from './entities/representation.ts';
import { type FieldRole, roleOf } from './field-role.ts';
import { shardKeyOfWhere } from './filter/shard-keys-of-where.ts';
import type { NodePlan, OneNodePlan } from './node-plan.ts';
import { bindingsOf, type FieldPlan, type OperationPlan } from './operation-plan.ts';
import {
  type ListArguments,
  type NewReadPlan,
  type PlanningScope,
  planOne,
  planPage,
  planRows,
} from './read-planner.ts';
import type { FieldArguments } from './selection/field-arguments.ts';
import { type DocumentField, type Operation, rootField } from './selection/selected-field.ts';
import { namedTables } from './tokens/node-id.ts';
import { namesGiven, type OperationInput, placeOfResult, tablesOfOperations } from './transaction-operations.ts';

/** @param operation its `uses` records which variables the plan depends on. */
export function compileOperation(scope: PlanningScope, operation: Operation): OperationPlan {
  const { schema, definition } = operation;
  const type = schema.getRootType(definition.operation)!;
  const compiler = new OperationCompiler(scope);
  try {
    const selected = rootField(operation).fields(type);
    const fields = new Map(selected.map((field) => [field.key, compiler.field(type, field)]));
    return { fields, failure: null, bindings: bindingsOf(fields.values()), isReusable: compiler.isReusable };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { fields: new Map(), failure: error, bindings: [], isReusable: false };
  }
}

/** The plan of one field of a root type, at whatever place. It belongs to one request. */
export const compileField = (scope: PlanningScope, type: GraphQLObjectType, field: DocumentField): FieldPlan =>
  new OperationCompiler(scope).field(type, field);

class OperationCompiler {
  isReusable = true;
  readonly #scope: PlanningScope;

  constructor(scope: PlanningScope) {
    this.#scope = scope;
  }

  /** A failure is the field's own. */
  field(type: GraphQLObjectType, field: DocumentField): FieldPlan {
    try {
      return this.#plan(roleOf(type.getFields()[field.name]), type, field);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.isReusable = false;
      return { kind: 'failed', error };
    }
  }

  #plan(role: FieldRole | undefined, type: GraphQLObjectType, field: DocumentField): FieldPlan {
    switch (role?.kind) {
      case 'list':
        return this.#list(role.table, field.argumentsOf(type), field);
      case 'one':
        return this.#one(role.table, field.argumentsOf(type), field);
      case 'node':
      case 'nodes':
        return this.#nodes(role.kind, field.argumentsOf(type), field);
      case 'entities':
        return this.#entities(field.argumentsOf(type), field);
      case 'write':
        // What is purged was deleted before.
        return {
          kind: 'write',
          table: role.table,
          mutation: role.mutation,
          read: this.#row(role.table, field, role.mutation === 'purge'),
        };
      case 'bulkWrite':
        return this.#bulkWrite(role, type, field);
      case 'transaction':
        return this.#transaction(field.argumentsOf(type), field);
      case 'user':
        return { kind: 'user' };
      default:
        return { kind: 'meta', name: field.name };
    }
  }

  #list(table: TableModel, args: FieldArguments, field: DocumentField): FieldPlan {
    args.take('shardKey', args.values.shardKey);
    const isOfOneShard = shardKeyOfList(this.#scope.access, table, args.values) !== undefined;
    const match = matchOn(isOfOneShard ? [table.shardKey.name] : []);
    const read = planPage(this.#scope, table, match, `Query.${table.list}`, args, field);
    return { kind: 'list', table, read: this.#checked(read) };
  }

  #one(table: TableModel, args: FieldArguments, field: DocumentField): FieldPlan {
    // Which key it is shows in the names of its columns.
    for (const name of ['by', 'shardKey']) args.take(name, args.values[name]);
    const bound = this.#scope.access.shardKeyOf(table.typeName);
    const { columns } = rowMatch(table, args.values.by as KeyInput, args.values.shardKey, bound);
    const includeDeleted = args.values.includeDeleted === true;
    const read = planOne(this.#scope, table, matchOn(columns), field, { includeDeleted });
    return { kind: 'one', table, read: this.#checked(read) };
  }

  #nodes(kind: 'node' | 'nodes', args: FieldArguments, field: DocumentField): FieldPlan {
    const { globalIdField } = this.#scope.model;
    const name = kind === 'node' ? globalIdField : `${globalIdField}s`;
    const given = args.values[name];
    args.take(name, given, this.#scope.nodeTypes);
    const tables = namedTables(this.#scope.model, given);
    return {
      kind: 'nodes',
      readByTable: new Map(tables.map((table) => [table, this.#orError(() => this.#row(table, field))])),
    };
  }

  #entities(args: FieldArguments, field: DocumentField): FieldPlan {
    args.takeWhole('representations', this.#scope.entityLookups);
    const given = args.values.representations as readonly unknown[];
    const lookups = [...lookupsOf(this.#scope.model, given)].map(([name, { table, columns }]) => {
      const read = this.#orError(() => this.#checked(planOne(this.#scope, table, matchOn(columns), field)));
      return [name, { table, read }] as const;
    });
    return { kind: 'entities', lookups: new Map(lookups) };
  }

  /** The kinds of the operations decide; what they write does not. */
  #transaction(args: FieldArguments, field: DocumentField): FieldPlan {
    const { model, schema, operationTypes } = this.#scope;
    const operations = args.values.operations as readonly OperationInput[];
    args.takeWhole('operations', operationTypes);
    for (const [index, operation] of operations.entries()) {
      args.takeWhole(`operations.${index}`, operationTypes);
      for (const name of namesGiven(operation)) args.take(`operations.${index}.${name}`, operation);
    }
    const typeOf = (name: string) => schema.getType(name) as GraphQLObjectType;
    const places = new Map(
      field.fields(typeOf('TransactionPayload')).flatMap((results) =>
        results
          .fields(typeOf('TransactionResult'))
          .filter(({ name }) => name === 'node' || name === 'nodes')
          .map((rows) => [placeOfResult(results.key, rows.key), rows] as const),
      ),
    );
    const { shown, purged } = tablesOfOperations(model, places.size === 0 ? [] : operations);
    const readsOf = (tables: readonly TableModel[], includeDeleted: boolean) =>
      new Map(
        tables.map((table) => {
          const match = matchOn(table.primaryKey.names);
          return [table, this.#orError(() => planRows(this.#scope, table, match, places, includeDeleted))];
        }),
      );
    return { kind: 'transaction', readByTable: readsOf(shown, false), readOfPurgedByTable: readsOf(purged, true) };
  }

  #bulkWrite(
    { table, mutation }: FieldRole & { kind: 'bulkWrite' },
    type: GraphQLObjectType,
    field: DocumentField,
  ): FieldPlan {
    const payload = getNamedType(type.getFields()[field.name]!.type) as GraphQLObjectType;
    const places = new Map(
      field
        .fields(payload)
        .filter(({ name }) => name === 'nodes')
        .map((nodes) => [nodes.key, nodes]),
    );
    const match = matchOn(table.primaryKey.names);
    const read = places.size === 0 ? null : this.#checked(planRows(this.#scope, table, match, places));
    return { kind: 'bulkWrite', table, mutation, read };
  }

  /** A row by its primary key. */
  #row(table: TableModel, field: DocumentField, includeDeleted = false): NewReadPlan<OneNodePlan> {
    return this.#checked(planOne(this.#scope, table, matchOn(table.primaryKey.names), field, { includeDeleted }));
  }

  /** A failure is kept in place of the plan, and thrown where the plan is needed. */
  #orError<Plan extends NodePlan>(make: () => NewReadPlan<Plan>): NewReadPlan<Plan> | Error {
    try {
      return this.#checked(make());
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.isReusable = false;
      return error;
    }
  }

  #checked<Plan extends NodePlan>(made: NewReadPlan<Plan>): NewReadPlan<Plan> {
    if (!made.isReusable) this.isReusable = false;
    return made;
  }
}

/** The wire value of the one shard key whose rows a list may show, if its arguments name it, or the caller is bound to it. */
export const shardKeyOfList = (
  access: AccessRules,
  table: TableModel,
  { shardKey, where }: ListArguments & { readonly shardKey?: unknown },
) =>
  shardKeyArgument(table, shardKey) ??
  (where ? shardKeyOfWhere(table, where) : undefined) ??
  access.shardKeyOf(table.typeName);
