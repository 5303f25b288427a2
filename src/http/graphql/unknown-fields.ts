import {
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isListType,
  isNonNullType,
  type OperationDefinitionNode,
} from 'graphql';
import { badUserInput } from '../../plans/bad-user-input.ts';
import { declaredVariables, typeOfInputField } from './input-types.ts';

/** Beyond so many in a request the executor is not asked: for each, its message quotes all of the object. */
const MAX_UNKNOWN_FIELDS = 5;

/**
 * Refuses variables with many fields that their types do not have. Takes time in proportion to the variables.
 *
 * @throws ShardQLError BAD_USER_INPUT beyond {@link MAX_UNKNOWN_FIELDS}; the executor refuses what has fewer.
 */
export function requireKnownFields(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>> | null,
): void {
  if (variables === null) return;
  let unknown = 0;
  const look = (type: GraphQLInputType, value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const given = isNonNullType(type) ? type.ofType : type;
    if (isListType(given)) for (const each of Array.isArray(value) ? value : [value]) look(given.ofType, each);
    if (!isInputObjectType(given)) return;
    for (const name in value) {
      const fieldType = typeOfInputField(given, name);
      if (fieldType !== undefined) look(fieldType, (value as Readonly<Record<string, unknown>>)[name]);
      else if (++unknown > MAX_UNKNOWN_FIELDS) throw tooMany(given.name);
    }
  };
  for (const [name, type] of declaredVariables(schema, operation)) look(type, variables[name]);
}

const tooMany = (type: string): Error =>
  badUserInput(`Expected variables with fields of their types, but got many that ${type} does not have.`);
