/** The root field `transaction`, and the types of its answer. */
import {
  type GraphQLInputObjectType,
  GraphQLInt,
  type GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
} from 'graphql';
import { roleExtensions } from '../../plans/field-role.ts';
import type { OperationInput } from '../../plans/transaction-operations.ts';
import type { RequestContext } from '../../resolvers/context.ts';
import { resolveTransaction } from '../../resolvers/mutations/transaction/resolve-transaction.ts';
import type { TransactionResult } from '../../resolvers/mutations/transaction/transaction-result.ts';
import type { Fields } from '../declared-types.ts';
import type { TypeRegistry } from '../type-registry.ts';

export const transactionField = (types: TypeRegistry): Fields<unknown>[string] => ({
  type: types.get<GraphQLObjectType>('TransactionPayload'),
  description:
    'Applies operations in their order, all or nothing. All are under one shard key: those that name none have that of the others.',
  args: {
    operations: {
      type: new GraphQLNonNull(
        new GraphQLList(new GraphQLNonNull(types.get<GraphQLInputObjectType>('OperationInput'))),
      ),
    },
  },
  extensions: roleExtensions({ kind: 'transaction' }),
  resolve: (_root, { operations }, context, info) =>
    resolveTransaction(operations as readonly OperationInput[], context, info),
});

export function addTransactionTypes(types: TypeRegistry): void {
  types.add(
    'TransactionPayload',
    () =>
      new GraphQLObjectType({
        name: 'TransactionPayload',
        description: 'What the operations of a transaction have done.',
        fields: () => ({
          results: {
            type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(types.get('TransactionResult')))),
            description: 'One for each operation, in their order.',
          },
        }),
      }),
  );
  types.add('TransactionResult', () => {
    const node = types.get<GraphQLInterfaceType>('Node');
    return new GraphQLObjectType<TransactionResult, RequestContext>({
      name: 'TransactionResult',
      description:
        'What an operation has done. Rows are as they are at the end of the transaction; deleted ones as they were.',
      fields: {
        affectedCount: {
          type: new GraphQLNonNull(GraphQLInt),
          description: 'How many rows it has created, changed or deleted, apart from nested ones and cascades.',
        },
        node: {
          type: node,
          description: 'Its row; the first, if it has several.',
          resolve: (result, _args, _context, { path }) => result.rows(path)[0] ?? null,
        },
        nodes: {
          type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(node))),
          description: 'All of its rows.',
          resolve: (result, _args, _context, { path }) => result.rows(path),
        },
      },
    });
  });
}
