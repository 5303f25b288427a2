import { GraphQLSchema, specifiedDirectives } from 'graphql';
import type { Model, TableModel } from '../model/types.ts';
import { consistencyDirective } from '../resolvers/consistency/consistency-directive.ts';
import { addAggregateFilters } from './aggregate-filters.ts';
import { addAggregates } from './aggregate-types.ts';
import { createBuilder } from './builder.ts';
import { ColumnInputs } from './column-inputs.ts';
import { addColumnTypes } from './column-types.ts';
import { addConnectionTypes } from './connection-type.ts';
import { addExtensions, explainClashes, NO_EXTENSIONS } from './extend/add-extensions.ts';
import type { Extensions } from './extend/define-extensions.ts';
import { addGroupFilters, filterTypes } from './filters.ts';
import { addMutation } from './mutation.ts';
import { addQuery } from './query.ts';
import { addRelationOrdering } from './relation-ordering.ts';
import { addRowType } from './row-type.ts';
import { addScalars } from './scalars.ts';
import { addSharedTypes } from './shared-types.ts';
import { addCreateInput, addKey, addOrderBy, addUpdateInput, addWhere } from './table-inputs.ts';
import { addTableRefs } from './table-refs.ts';
import { whereTypes } from './where-types.ts';

/**
 * The GraphQL schema of a model, with resolvers. Pure (no I/O, timers or randomness), so that it may run while a Worker
 * starts; equal models give equal schemas. Types come in declared order.
 *
 * @throws {ExtensionError} if names of users' own types and fields clash with others.
 */
export const buildSchema = (model: Model, extensions?: Extensions): GraphQLSchema =>
  explainClashes(extensions, () => makeSchema(model, extensions));

function makeSchema(model: Model, extensions: Extensions | undefined): GraphQLSchema {
  const builder = createBuilder();
  addScalars(builder);
  const shared = addSharedTypes(builder, model);
  const typeOf = addColumnTypes(builder, model);
  const columnTypes = { typeOf, filterOf: filterTypes(builder, typeOf) };
  addGroupFilters(columnTypes.filterOf);
  const refsByType = addTableRefs(builder, model);
  const wheres = whereTypes(builder);
  const inputsOf = (table: TableModel) => ({
    key: addKey(builder, table, columnTypes),
    listInputs: { table, where: addWhere(table, columnTypes, wheres), orderBy: addOrderBy(builder, table, shared) },
    createInput: addCreateInput(builder, table, columnTypes),
    updateInput: addUpdateInput(builder, table, columnTypes),
  });
  const inputsByType = new Map(model.tables.map((table) => [table.typeName, inputsOf(table)]));
  const listInputsByType = new Map([...inputsByType].map(([typeName, { listInputs }]) => [typeName, listInputs]));
  const added = extensions
    ? addExtensions(builder, extensions, refsByType, ({ typeName }) => listInputsByType.get(typeName)!)
    : NO_EXTENSIONS;
  for (const table of model.tables) {
    const computed = added.computedByType.get(table.typeName) ?? [];
    addRowType(builder, table, { computed, shared, typeOf, refsByType, listInputsByType });
    addConnectionTypes(builder, table, refsByType.get(table.typeName)!, shared);
  }
  const partsOf = ({ typeName }: TableModel) => ({ refs: refsByType.get(typeName)!, ...inputsByType.get(typeName)! });
  addQuery(builder, model, shared, partsOf);
  addMutation(builder, model, partsOf);
  const schema = builder.toSchema({ sortSchema: false, directives: [...specifiedDirectives, consistencyDirective] });
  const columnInputs = new ColumnInputs(schema);
  addAggregateFilters(schema, model, columnInputs);
  addRelationOrdering(schema, model, columnInputs);
  addAggregates(schema, model, columnInputs);
  added.finish(schema);
  // What is made from the model alone has been checked with it: validating it would take a tenth of a start.
  return new GraphQLSchema({ ...schema.toConfig(), assumeValid: true });
}
