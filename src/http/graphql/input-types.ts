/** The types of variables and of what is in them. */
import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

/** The variables that an operation declares, by name; without those of types that are no input types of the schema. */
export function* declaredVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): Iterable<[name: string, type: GraphQLInputType]> {
  for (const { variable, type: node } of variableDefinitions) {
    const type = typeFromAST(schema, node);
    if (type !== undefined && isInputType(type)) yield [variable.name.value, type];
  }
}

/** The type of a field, whose name a client has chosen; undefined: there is none of that name. */
export function typeOfInputField(type: GraphQLInputObjectType, name: string): GraphQLInputType | undefined {
  const fields = type.getFields();
  return Object.hasOwn(fields, name) ? fields[name]!.type : undefined;
}
