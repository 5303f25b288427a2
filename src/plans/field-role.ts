import type { GraphQLFieldConfig } from 'graphql';
import type { BulkMutation, RowMutation } from '../model/mutation-names.ts';
import type { ColumnModel, RelationModel, TableModel } from '../model/types.ts';

/** What a field is made of: all that planning needs to know about it. Those of a row first, then root fields. */
export type FieldRole =
  | { readonly kind: 'column'; readonly column: ColumnModel }
  | { readonly kind: 'version' }
  | { readonly kind: 'nodeId' }
  | { readonly kind: 'relation'; readonly relation: RelationModel }
  /** Made by users' code of some columns of its row. */
  | { readonly kind: 'computed'; readonly needs: readonly ColumnModel[] }
  /** All other fields that users wrote. */
  | { readonly kind: 'user' }
  | { readonly kind: 'one' | 'list'; readonly table: TableModel }
  /** One row by its global id, and several. */
  | { readonly kind: 'node' | 'nodes' }
  /** Rows as the router of a supergraph names them. */
  | { readonly kind: 'entities' }
  /** Several mutations in one transaction. */
  | { readonly kind: 'transaction' }
  /** A mutation that shows the row it writes, and one that shows several. */
  | { readonly kind: 'write'; readonly table: TableModel; readonly mutation: RowMutation }
  | { readonly kind: 'bulkWrite'; readonly table: TableModel; readonly mutation: BulkMutation };

const EXTENSION = 'shardql';

/** The `extensions` of a field definition that carry its role. */
export const roleExtensions = (role: FieldRole): Record<string, FieldRole> => ({ [EXTENSION]: role });

/** The role of a field; undefined for `__typename`, and for generated fields of other types than rows and the root types. */
export const roleOf = (
  field: Pick<GraphQLFieldConfig<never, never>, 'extensions'> | undefined,
): FieldRole | undefined => field?.extensions?.[EXTENSION] as FieldRole | undefined;
