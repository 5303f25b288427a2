import type { GraphQLFieldConfig } from 'graphql';
import type { ColumnModel, RelationModel } from '../model/types.ts';

/** What a field of a table's type is made of: all the plan maker needs to know about it. */
export type FieldRole =
  | { readonly kind: 'column'; readonly column: ColumnModel }
  | { readonly kind: 'version' }
  | { readonly kind: 'nodeId' }
  | { readonly kind: 'relation'; readonly relation: RelationModel }
  /** Made by users' code of some columns of its row. */
  | { readonly kind: 'computed'; readonly needs: readonly ColumnModel[] }
  /** All other fields that users wrote. */
  | { readonly kind: 'user' };

const EXTENSION = 'shardql';

/** The `extensions` of a field definition that carry its role. */
export const roleExtensions = (role: FieldRole): Record<string, FieldRole> => ({ [EXTENSION]: role });

/** The role of a field; undefined for `__typename`, and for generated fields of types other than rows. */
export const roleOf = (
  field: Pick<GraphQLFieldConfig<never, never>, 'extensions'> | undefined,
): FieldRole | undefined => field?.extensions?.[EXTENSION] as FieldRole | undefined;
