import type { MutationKind } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import type { RowScope } from '../../plans/access/visible-rows.ts';
import type { RowKeysPlan } from '../../plans/rows-of-where.ts';
import type { OperationInput } from '../../plans/transaction-operations.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { DraftSubject } from '../mutations/compile/write-draft.ts';
import { statedShardKey } from '../mutations/transaction/common-shard-key.ts';
import { placeOperations } from '../mutations/transaction/place-operations.ts';
import { transactionDrafts } from '../mutations/transaction/transaction-drafts.ts';
import { type OutlinedOperation, outlineOperation, setsOf } from './outline-write.ts';

/** What a transaction would write. */
interface TransactionOutline {
  /** Null: it has to be found. */
  readonly shardKey: ShardKey | null;
  /** The row by which it would be found; null: none has to be. */
  readonly lookedFor: DraftSubject | null;
  readonly operations: readonly (OutlinedOperation & {
    readonly kind: MutationKind;
    readonly table: TableModel;
    /** The rows that are meant, where conditions find them. */
    readonly found: RowKeysPlan | null;
  })[];
}

/** Stands for a shard key that has to be found. */
const ANY_SHARD_KEY = '' as ShardKey;

export function outlineTransaction(scope: RowScope, given: readonly OperationInput[]): TransactionOutline {
  const drafts = transactionDrafts(scope, given);
  if (drafts.length === 0) return { shardKey: null, lookedFor: null, operations: [] };
  const { shardKey, source } = statedShardKey(drafts);
  const parts = drafts.map((placed) => ({ ...placed, run: null }));
  const { operations, results } = placeOperations(parts, shardKey ?? ANY_SHARD_KEY);
  return {
    shardKey,
    lookedFor: shardKey === null ? source.draft : null,
    operations: drafts.map(({ kind, draft: { table, found = null } }, index) => {
      const { first, end, shown } = results[index]!;
      const own = operations.slice(first, end);
      // Rows of a bulk write may have operations of their own.
      const sets = own.filter((operation) => operation.table === table.typeName).flatMap(setsOf);
      const outline = outlineOperation(table, operations[shown]!, shardKey);
      return { kind, table, found, ...outline, ...(kind === 'createMany' && { sets: [...new Set(sets)] }) };
    }),
  };
}
