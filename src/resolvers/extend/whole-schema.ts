/** The schema of the whole model, as a role's schema knows it. */
import type { GraphQLSchema } from 'graphql';

const WHOLE = 'shardql:whole';

export const wholeSchemaExtension = (whole: GraphQLSchema | undefined): Readonly<Record<string, unknown>> =>
  whole === undefined ? {} : { [WHOLE]: whole };

/** The schema itself, if it is that of the whole model. */
export const wholeSchema = (schema: GraphQLSchema): GraphQLSchema =>
  (schema.extensions[WHOLE] as GraphQLSchema | undefined) ?? schema;
