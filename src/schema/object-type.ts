import { PothosSchemaError } from '@pothos/core';
import { type GraphQLInterfaceType, GraphQLObjectType } from 'graphql';
import type { DeclaredTypes, Fields } from './declared-types.ts';

export interface ObjectTypeParts<Source> {
  readonly name: string;
  readonly description?: string;
  readonly interfaces?: () => readonly GraphQLInterfaceType[];
  /** Declares fields to the builder, beside those that users have declared already. */
  readonly declare?: () => void;
  /** Fields that the builder does not know: many alike, of which it would take a good part of a start. */
  readonly fields?: () => Fields<Source>;
}

/** An object type whose fields are declared and made when they are first asked for. */
export const objectType = <Source>(
  declared: DeclaredTypes,
  { name, description, interfaces, declare, fields }: ObjectTypeParts<Source>,
): GraphQLObjectType =>
  new GraphQLObjectType({
    name,
    description,
    interfaces,
    fields: () => {
      declare?.();
      return merge(name, declared.fields<Source>(name), fields?.() ?? {});
    },
  });

/** As Pothos says of fields that are declared twice. */
function merge<Source>(typeName: string, declared: Fields<Source>, others: Fields<Source>): Fields<Source> {
  const twice = Object.keys(declared).find((name) => name in others);
  if (twice !== undefined) throw new PothosSchemaError(`Duplicate field ${twice} on ${typeName}`);
  return { ...declared, ...others };
}
