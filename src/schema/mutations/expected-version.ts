import type { GraphQLInputFieldConfigMap, GraphQLScalarType } from 'graphql';
import type { TypeRegistry } from '../type-registry.ts';

/** An argument, or a field of an input, which says what has to be there. */
export const expectedVersionArgument = (types: TypeRegistry): GraphQLInputFieldConfigMap => ({
  expectedVersion: {
    type: types.get<GraphQLScalarType>('Version'),
    description: 'Write only if the row still has this version; else the error is `CONFLICT`.',
  },
});
