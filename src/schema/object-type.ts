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

/** What users' fields need beside what Pothos makes of them. */
export type WrapFields = (fields: Fields<unknown>) => Fields<unknown>;

/** An object type whose fields are declared and made when they are first asked for. */
export const objectType = <Source>(
  declared: DeclaredTypes,
  { name, description, interfaces, declare, fields }: ObjectTypeParts<Source>,
  wrapFields: WrapFields,
): GraphQLObjectType =>
  new GraphQLObjectType({
    name,
    description,
    interfaces,
    fields: () => {
      declare?.();
      const others = fields?.() ?? {};
      requireFree(name, declared.fieldNames(name), Object.keys(others));
      return { ...wrapFields(declared.fields(name)), ...others } as Fields<Source>;
    },
  });

/** @throws {PothosSchemaError} like that of Pothos for fields that are declared twice. */
export function requireFree(typeName: string, declared: readonly string[], others: readonly string[]): void {
  const twice = declared.find((name) => others.includes(name));
  if (twice !== undefined) throw new PothosSchemaError(`Duplicate field ${twice} on ${typeName}`);
}
