/** Who may see, or create, rows of one shard key alone, reaches no shard by another: not even to be told that nothing is there. */
import { withArticle } from '../../model/names.ts';
import type { Model, TableModel } from '../../model/types.ts';
import type { AccessRules } from '../../plans/access/access-rules.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { MutationOperation } from '../../shards/operation.ts';
import { type ShardKey, toShardKey } from '../../shards/shard-key.ts';

/** Whether rows of the table may be under the shard key, for all that the caller's rules say of it. */
export function mayBeUnder(
  access: AccessRules,
  table: TableModel,
  shardKey: ShardKey,
  right: 'read' | 'create' = 'read',
): boolean {
  const bound = access.shardKeyOf(table.typeName, right);
  return bound === undefined || toShardKey(table.shardKey, bound) === shardKey;
}

/** Why an operation under this shard key cannot be sent; null: it can. */
export function outOfReach(
  access: AccessRules,
  table: TableModel,
  shardKey: ShardKey,
  { kind }: Pick<MutationOperation, 'kind'>,
): ShardQLError | null {
  const isNew = kind === 'create' || kind === 'createMany';
  // The rules find none of the rows, as where other operations take the transaction to that shard key.
  if (findsRows({ kind }) || mayBeUnder(access, table, shardKey, isNew ? 'create' : 'read')) return null;
  const { typeName } = table;
  return isNew
    ? new ShardQLError(
        'FORBIDDEN',
        `Expected ${withArticle(typeName)} that the caller may create, but got one that it may not create.`,
        { table: typeName },
      )
    : new ShardQLError('NOT_FOUND', `Expected ${withArticle(typeName)} with this key, but got none.`, {
        table: typeName,
      });
}

/** Whether no operation can find a row: all look for rows by what they are, where the caller's rules leave none. */
export const findNothing = (
  { access, model }: { readonly access: AccessRules; readonly model: Model },
  shardKey: ShardKey,
  operations: readonly MutationOperation[],
): boolean =>
  operations.every((operation) => findsRows(operation) && !mayBeUnder(access, model.table(operation.table), shardKey));

/** What lies under other shard keys is not there for these, which is no failure. */
const findsRows = ({ kind }: Pick<MutationOperation, 'kind'>): boolean =>
  kind === 'updateMany' || kind === 'deleteMany';
