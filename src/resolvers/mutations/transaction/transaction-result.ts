import type { GraphQLResolveInfo } from 'graphql';
import type { RowsNodePlan } from '../../../plans/node-plan.ts';
import { placeOfResult } from '../../../plans/transaction-operations.ts';
import type { RowsWritten } from '../../../shards/operation.ts';
import type { ReadRun } from '../../run/read-run.ts';
import { Row } from '../../show/row.ts';

/** What an operation of a transaction has done, as GraphQL's executor sees it. */
export class TransactionResult {
  readonly #written: RowsWritten;
  /** Null: none of its rows is shown. */
  readonly #run: ReadRun<RowsNodePlan> | null;

  constructor(written: RowsWritten, run: ReadRun<RowsNodePlan> | null) {
    this.#written = written;
    this.#run = run;
  }

  get affectedCount(): number {
    return this.#written.outcomes.filter((outcome) => outcome !== 'UNCHANGED' && outcome !== 'IGNORED').length;
  }

  /** The rows that are still there at the end, or that were deleted, as the field at the path selects them. Not those that stood in the way of others. */
  rows(path: GraphQLResolveInfo['path']): Row[] {
    if (this.#run === null) return [];
    const run = this.#run;
    const view = run.plan.views.get(placeOfResult(path.prev!.prev!.key as string, path.key as string))!;
    const { outcomes, rows } = this.#written;
    return rows.flatMap((cells, index) =>
      cells === null || outcomes[index] === 'IGNORED' ? [] : [new Row(view, cells, run)],
    );
  }
}
