/** Variables to begin with: names as the operation has them, and values of their types. */
import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';

/** Objects within objects that are filled in: types may contain themselves. */
const MAX_DEPTH = 4;

const EXAMPLES: Readonly<Record<string, unknown>> = {
  ID: '1',
  String: 'text',
  Int: 1,
  Float: 1.5,
  Boolean: true,
  BigInt: '1',
  Decimal: '1.50',
  DateTime: '2030-01-31T12:00:00Z',
  Bytes: '',
  JSON: {},
};

/**
 * As JSON text; empty: the operation has no variables that have to be given. Others are left out, as null is a value: it would change what
 * an update writes, and refuse or replace a default.
 *
 * @param schema null: not known. Values of types that are not known are null, which no such variable may be.
 */
export function exampleVariables(query: string, schema: GraphQLSchema | null): string {
  const definitions = definitionsOf(query).filter(
    ({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined,
  );
  if (definitions.length === 0) return '';
  const entries = definitions.map(({ variable, type }) => {
    const known = schema === null ? undefined : typeFromAST(schema, type as never);
    return [variable.name.value, known ? exampleOf(known as GraphQLInputType, MAX_DEPTH) : null] as const;
  });
  return JSON.stringify(Object.fromEntries(entries), null, 2);
}

function definitionsOf(query: string): readonly VariableDefinitionNode[] {
  const [operation] = parsed(query)?.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION) ?? [];
  return operation?.kind === Kind.OPERATION_DEFINITION ? (operation.variableDefinitions ?? []) : [];
}

/** Null: it is cut off, as long texts are. */
function parsed(query: string): DocumentNode | null {
  try {
    return parse(query, { noLocation: true });
  } catch {
    return null;
  }
}

function exampleOf(type: GraphQLInputType, depth: number): unknown {
  return isNonNullType(type) ? givenOf(type.ofType as GraphQLInputType, depth) : null;
}

function givenOf(type: GraphQLInputType, depth: number): unknown {
  if (isListType(type)) return [exampleOf(type.ofType as GraphQLInputType, depth)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (!isInputObjectType(type)) return EXAMPLES[(type as { readonly name: string }).name] ?? null;
  if (depth === 0) return {};
  const members = Object.values(type.getFields());
  // Of a key, one is chosen; elsewhere nothing is missing without what is optional.
  if (type.isOneOf) {
    const [first] = members;
    return first ? { [first.name]: givenOf(first.type, depth - 1) } : {};
  }
  const required = members.filter((member) => isNonNullType(member.type) && member.defaultValue === undefined);
  return Object.fromEntries(required.map((member) => [member.name, exampleOf(member.type, depth - 1)]));
}
