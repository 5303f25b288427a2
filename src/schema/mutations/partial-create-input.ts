import type { GraphQLInputObjectType } from 'graphql';
import type { TableModel } from '../../model/types.ts';
import type { TypeRegistry } from '../type-registry.ts';

/**
 * The input of a new row to which the arguments around it may give columns: `by` of an upsert, say, or `refs` of an operation. It
 * is the usual one for tables of which that requires nothing.
 */
export const partialCreateInput = (types: TypeRegistry, { typeName }: TableModel): GraphQLInputObjectType =>
  (types.find(`${typeName}PartialCreateInput`) ?? types.get(`${typeName}CreateInput`)) as GraphQLInputObjectType;
