import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
} from 'graphql';
import { declaredVariables, typeOfInputField } from './input-types.ts';

type Variables = { readonly [name: string]: unknown };

/** Scalars that take numbers and hold them exactly, or not at all. A `Float` is a double, and JSON's numbers are. */
const EXACT_SCALARS: ReadonlySet<string> = new Set(['Decimal', 'BigInt', 'ID', 'Int']);

/**
 * The variables of an operation, with the digits that their numbers were written in where a type asks for them: they are
 * then judged as literals in the document are.
 *
 * @param exact the same, with numbers that JavaScript has rounded as text.
 */
export function withExactNumbers(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
  exact: Variables,
): Variables {
  const changed: Record<string, unknown> = {};
  for (const [name, type] of declaredVariables(schema, operation)) {
    if (name in variables) changed[name] = exactValue(type, variables[name], exact[name]);
  }
  return { ...variables, ...changed };
}

function exactValue(type: GraphQLInputType, value: unknown, exact: unknown): unknown {
  if (isNonNullType(type)) return exactValue(type.ofType, value, exact);
  if (typeof value === 'number') return EXACT_SCALARS.has(nameOf(type)) ? exact : value;
  if (isListType(type) && Array.isArray(value)) {
    return value.map((item, at) => exactValue(type.ofType, item, (exact as readonly unknown[])[at]));
  }
  if (!isInputObjectType(type) || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const fieldType = typeOfInputField(type, name);
      return [name, fieldType ? exactValue(fieldType, member, (exact as Variables)[name]) : member];
    }),
  );
}

/** One value where a list is asked for is a list of one. */
const nameOf = (type: GraphQLInputType): string =>
  isListType(type) || isNonNullType(type) ? nameOf(type.ofType) : type.name;
