import { type GraphQLObjectType, type GraphQLSchema, getNamedType } from 'graphql';
import type { TableModel } from '../../model/types.ts';
import type { FieldPlan } from '../../plans/operation-plan.ts';
import type { DocumentField } from '../../plans/selection/selected-field.ts';

/** The types that a root field may show: rows by their ids are of any type. */
export function shownTypes(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  field: DocumentField,
  plan: FieldPlan,
): readonly GraphQLObjectType[] {
  switch (plan.kind) {
    case 'nodes':
      return typesOf(schema, plan.readByTable.keys());
    case 'entities':
      return typesOf(schema, new Set(plan.lookups.values().map(({ table }) => table)));
    case 'transaction':
      return typesOf(schema, new Set([...plan.readByTable.keys(), ...plan.readOfPurgedByTable.keys()]));
    case 'list':
    case 'one':
    case 'write':
    case 'bulkWrite':
      return [getNamedType(type.getFields()[field.name]!.type) as GraphQLObjectType];
    case 'user':
    case 'meta':
    case 'failed':
      return [];
  }
}

const typesOf = (schema: GraphQLSchema, tables: Iterable<TableModel>): GraphQLObjectType[] =>
  [...tables].map(({ typeName }) => schema.getType(typeName) as GraphQLObjectType);
