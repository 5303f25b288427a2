import { type GraphQLSchema, isSpecifiedScalarType, printType } from 'graphql';
import { ShardQLError } from '../../shards/errors.ts';
import type { AgentOperation } from './agent-operations.ts';
import { inputTypesOf } from './input-schema.ts';

/**
 * What an agent has to know to call an operation: its document and the types of its variables; or one of the types that these lead to.
 *
 * @throws ShardQLError NOT_FOUND for a type that they do not lead to: the schema may be nobody's business.
 */
export function describeOperation(
  schema: GraphQLSchema,
  { body, definition }: AgentOperation,
  typeName: string | null,
): string {
  const types = inputTypesOf(schema, definition);
  if (typeName !== null) {
    const type = types.get(typeName);
    if (type !== undefined) return printType(type);
    throw new ShardQLError(
      'NOT_FOUND',
      `Expected a type of the arguments, but got ${JSON.stringify(typeName)}. Ask without type to see them.`,
    );
  }
  const own = [...types.values()].filter((type) => !isSpecifiedScalarType(type));
  const [direct, further] = [own.slice(0, SHOWN_TYPES), own.slice(SHOWN_TYPES)];
  const more = further.length === 0 ? [] : [`# Further types, by name: ${further.map(({ name }) => name).join(', ')}`];
  return [body.trim(), ...direct.map(printType), ...more].join('\n\n');
}

const SHOWN_TYPES = 10;
