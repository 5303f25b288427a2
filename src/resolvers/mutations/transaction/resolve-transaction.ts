import type { GraphQLResolveInfo } from 'graphql';
import { STRONG } from '../../../cache/requirement.ts';
import type { TableModel } from '../../../model/types.ts';
import type { RowsNodePlan } from '../../../plans/node-plan.ts';
import type { TransactionPlan } from '../../../plans/operation-plan.ts';
import type { OperationInput } from '../../../plans/transaction-operations.ts';
import type { RequestContext } from '../../context.ts';
import { fieldPlan } from '../../run/field-plan.ts';
import { type FieldRun, fieldRun } from '../../run/field-run.ts';
import { ReadRun } from '../../run/read-run.ts';
import { derivingShardKeys } from '../compile/derived-shard-key.ts';
import { isDryRun } from '../dry-run.ts';
import { withShownFailures } from '../shown-failure.ts';
import { runTransaction } from './run-transaction.ts';
import { transactionDrafts } from './transaction-drafts.ts';
import { TransactionResult } from './transaction-result.ts';

/** Root field `transaction(operations)`. */
export const resolveTransaction = (
  ...args: Parameters<typeof transactionOfField>
): ReturnType<typeof transactionOfField> => withShownFailures(args[1].model, () => transactionOfField(...args));

async function transactionOfField(
  operations: readonly OperationInput[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<{ readonly results: readonly TransactionResult[] }> {
  const field = fieldRun(context, info);
  const { readByTable, readOfPurgedByTable } = fieldPlan(field, info, 'transaction');
  const runByTable = runsOf(readByTable, field);
  const runOfPurgedByTable = runsOf(readOfPurgedByTable, field);
  const keyed = isDryRun({}, context) ? null : (field.keyed?.nextCommit() ?? null);
  const compile = () => transactionDrafts(field.operation.scope, operations);
  const drafts = keyed ? derivingShardKeys(await keyed.id, compile) : compile();
  const parts = drafts.map((placed) => ({
    ...placed,
    run: (placed.kind === 'purge' ? runOfPurgedByTable : runByTable).get(placed.draft.table) ?? null,
  }));
  const written = await runTransaction(parts, field, keyed);
  return { results: parts.map(({ run }, index) => new TransactionResult(written[index]!, run)) };
}

function runsOf(
  reads: TransactionPlan['readByTable'],
  field: FieldRun,
): ReadonlyMap<TableModel, ReadRun<RowsNodePlan>> {
  const runByTable = new Map<TableModel, ReadRun<RowsNodePlan>>();
  for (const [table, read] of reads) {
    if (read instanceof Error) throw read;
    runByTable.set(table, new ReadRun(read, field, STRONG));
  }
  return runByTable;
}
