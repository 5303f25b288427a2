/** The types of variables and of what is in them. */
import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';

type DeclaredVariables = readonly (readonly [name: string, type: GraphQLInputType])[];

const declaredBySchema = memoizeByObject(
  (_: OperationDefinitionNode) => new WeakMap<GraphQLSchema, DeclaredVariables>(),
);

/** The variables that an operation declares, by name; without those of types that are no input types of the schema. */
export const declaredVariables = (schema: GraphQLSchema, operation: OperationDefinitionNode): DeclaredVariables =>
  getOrInsert(declaredBySchema(operation), schema, () =>
    (operation.variableDefinitions ?? []).flatMap(({ variable, type: node }) => {
      const type = typeFromAST(schema, node);
      return type !== undefined && isInputType(type) ? [[variable.name.value, type] as const] : [];
    }),
  );

/** The type of a field, whose name a client has chosen; undefined: there is none of that name. */
export function typeOfInputField(type: GraphQLInputObjectType, name: string): GraphQLInputType | undefined {
  const fields = type.getFields();
  return Object.hasOwn(fields, name) ? fields[name]!.type : undefined;
}
