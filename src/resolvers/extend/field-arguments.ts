import { coerceInputValue, type GraphQLArgument, type GraphQLInputField, isRequiredArgument } from 'graphql';
import { badUserInput } from '../../plans/bad-user-input.ts';

/**
 * Arguments that code gives to a generated field, checked and completed as those of a client are.
 *
 * @throws ShardQLError BAD_USER_INPUT that names the argument and the place in it.
 */
export function fieldArguments(
  { name, args }: { readonly name: string; readonly args: readonly (GraphQLArgument | GraphQLInputField)[] },
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
