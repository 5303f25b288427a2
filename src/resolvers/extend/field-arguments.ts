import {
  coerceInputValue,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLSchema,
  isRequiredArgument,
} from 'graphql';
import { type MutationKind, operationInputName } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';

/** A field, as far as its arguments are concerned. */
interface FieldWithArguments {
  readonly name: string;
  readonly args: readonly (GraphQLArgument | GraphQLInputField)[];
}

/** A mutation as an operation of a transaction. In code, rows are named and referred to without its `as` and `refs`. */
export function operationAsField(
  schema: GraphQLSchema,
  { name }: Pick<FieldWithArguments, 'name'>,
  kind: MutationKind,
  table: TableModel,
): FieldWithArguments {
  const type = schema.getType(operationInputName(kind, table)) as GraphQLInputObjectType;
  const { as: _, refs: __, ...fields } = type.getFields();
  return { name, args: Object.values(fields) };
}

/**
 * Arguments that code gives to a generated field, checked and completed as those of a client are.
 *
 * @throws ShardQLError BAD_USER_INPUT that names the argument and the place in it.
 */
export function fieldArguments(
  { name, args }: FieldWithArguments,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  for (const key of Object.keys(given)) {
    if (given[key] === undefined || args.some((argument) => argument.name === key)) continue;
    throw badUserInput(`Expected arguments of ${name}, but got ${key}.`);
  }
  const coerced: Record<string, unknown> = {};
  for (const argument of args) {
    const value = given[argument.name];
    if (value === undefined) {
      if (argument.defaultValue !== undefined) coerced[argument.name] = argument.defaultValue;
      else if (isRequiredArgument(argument as GraphQLArgument))
        throw badUserInput(`Expected ${argument.name} of ${name}, but got none.`);
      continue;
    }
    coerced[argument.name] = coerceInputValue(value, argument.type, (path, _value, error) => {
      const place = [argument.name, ...path].join('.');
      throw badUserInput(
        `Expected ${place} of ${name} to be as the schema has it, but got another value: ${error.message}`,
      );
    });
  }
  return coerced;
}
