import type { GraphQLFieldConfigArgumentMap } from 'graphql';
import type { TableModel } from '../../model/types.ts';
import type { TypeRegistry } from '../type-registry.ts';

/** A kind of mutation, as the schema shows it: root fields and the members of `OperationInput` are made from it. */
export interface MutationField {
  /** False for tables that have nothing which it could do. */
  readonly isOf: (table: TableModel) => boolean;
  readonly description?: string;
  readonly args: (types: TypeRegistry, table: TableModel) => GraphQLFieldConfigArgumentMap;
}

/** Tables whose deleted rows stay. */
export const keepsDeleted = ({ softDelete }: TableModel): boolean => softDelete !== null;

export const ofAllTables = (): boolean => true;
