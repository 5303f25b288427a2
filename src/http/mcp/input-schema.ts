import {
  type GraphQLInputType,
  type GraphQLNamedInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Arguments of a tool beside the variables of its operation. No variable of GraphQL has such a name by accident. */
export const CURSOR_ARGUMENT = '_cursor';
export const CONFIRMATION_ARGUMENT = '_confirmation';

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
  ID: { type: ['string', 'integer'] },
  String: { type: 'string' },
  JSON: {},
};

/**
 * The JSON Schema of a tool's arguments: the operation's variables, and what `others` are.
 *
 * @param levels of inputs within each other that are written out: filters refer to each other without end, so deeper ones are described when an
 * agent asks for their type.
 */
export function inputSchemaOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  others: Readonly<Record<string, JsonSchema>>,
  levels: number,
): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const { variable, type, defaultValue, description } of variableDefinitions) {
    const name = variable.name.value;
    const inputType = typeFromAST(schema, type as never) as GraphQLInputType;
    properties[name] = { ...schemaOf(inputType, levels), ...(description && { description: description.value }) };
    if (isNonNullType(inputType) && defaultValue === undefined) required.push(name);
  }
  return { type: 'object', properties: { ...properties, ...others }, required, additionalProperties: false };
}

function schemaOf(type: GraphQLInputType, levels: number): JsonSchema {
  if (isNonNullType(type)) return schemaOf(type.ofType, levels);
  // A single value is taken for a list of one.
  if (isListType(type)) return { type: 'array', items: schemaOf(type.ofType, levels) };
  return namedSchema(getNamedType(type) as GraphQLNamedInputType, levels);
}

function namedSchema(type: GraphQLNamedInputType, levels: number): JsonSchema {
  const { name, description } = type;
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map((value) => value.name) };
  if (!isInputObjectType(type)) {
    return SCALARS[name] ?? { type: ['string', 'number'], description: `${name}. ${description ?? ''}`.trim() };
  }
  if (levels === 0) return { type: 'object', description: `${name}: ask for it by the tool "describe".` };
  const fields = Object.values(type.getFields());
  const required = fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
  return {
    type: 'object',
    description: name,
    properties: Object.fromEntries(fields.map((field) => [field.name, schemaOf(field.type, levels - 1)])),
    ...(required.length > 0 && { required: required.map((field) => field.name) }),
  };
}

/** The types of an operation's variables, and all that they lead to, by name. */
export function inputTypesOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): ReadonlyMap<string, GraphQLNamedInputType> {
  const found = new Map<string, GraphQLNamedInputType>();
  const add = (type: GraphQLInputType): void => {
    const named = getNamedType(type) as GraphQLNamedInputType;
    if (found.has(named.name)) return;
    found.set(named.name, named);
    if (isInputObjectType(named)) for (const field of Object.values(named.getFields())) add(field.type);
  };
  for (const { type } of variableDefinitions) add(typeFromAST(schema, type as never) as GraphQLInputType);
  return found;
}
