import type { RowsNodePlan } from '../../plans/node-plan.ts';
import type { ShardQLError } from '../../shards/errors.ts';
import type { RowOutcome } from '../../shards/operation.ts';
import type { RowAnswer } from '../../shards/plan/answer.ts';
import type { ReadRun } from '../run/read-run.ts';
import { Row } from './row.ts';

/** What may become of a row. */
export const BULK_OUTCOMES = ['INSERTED', 'UPDATED', 'UNCHANGED', 'DELETED', 'IGNORED', 'FAILED'] as const satisfies (
  | RowOutcome
  | 'FAILED'
)[];

type BulkOutcome = (typeof BULK_OUTCOMES)[number];

interface BulkResult {
  readonly index: number;
  readonly outcome: BulkOutcome;
  readonly code: string | null;
  readonly message: string | null;
}

interface ShardResult {
  readonly shard: string;
  readonly affectedCount: number;
  readonly code: string | null;
}

/** What one shard did of a write of several rows. */
interface ShardWrite {
  readonly shard: string;
  /** Positions of its rows among all. */
  readonly rows: readonly number[];
  /** Why it wrote none of them; null: it wrote them. `row`: position among all of the one to blame; null: none of them is. */
  readonly failure: { readonly error: ShardQLError; readonly row: number | null } | null;
}

/** The rows of a write of several, in order. */
export interface RowsOfBulk {
  /** Null: the shard of the row wrote nothing. */
  readonly outcomes: readonly (RowOutcome | null)[];
  /** What is shown of each; null: it is not there. Empty if nothing is. */
  readonly rows: readonly (RowAnswer | null)[];
  readonly shards: readonly ShardWrite[];
}

/** What mutations of several rows show. */
export class BulkPayload {
  readonly #written: RowsOfBulk;
  readonly #run: ReadRun<RowsNodePlan> | null;

  /** @param run what the rows are shown by; null: none is shown. */
  constructor(written: RowsOfBulk, run: ReadRun<RowsNodePlan> | null) {
    this.#written = written;
    this.#run = run;
  }

  get affectedCount(): number {
    return this.#written.outcomes.filter(isEffect).length;
  }

  /** The rows as a place shows them, by its response key. */
  nodes(key: string): Row[] {
    const run = this.#run!;
    const view = run.plan.views.get(key)!;
    const { outcomes, rows } = this.#written;
    return rows.flatMap((cells, index) =>
      cells === null || outcomes[index] === null || outcomes[index] === 'IGNORED' ? [] : [new Row(view, cells, run)],
    );
  }

  get results(): BulkResult[] {
    const { outcomes, shards } = this.#written;
    const reasonByRow = new Map<number, FailureReason>();
    for (const { rows, failure } of shards) {
      if (failure === null) continue;
      const { error, row: culprit } = failure;
      const ofOthers = culprit === null ? error : failedWith(culprit);
      for (const row of rows) reasonByRow.set(row, row === culprit ? error : ofOthers);
    }
    return outcomes.map((outcome, index) => {
      const { code = null, message = null } = reasonByRow.get(index) ?? {};
      return { index, outcome: outcome ?? 'FAILED', code, message };
    });
  }

  get shards(): ShardResult[] {
    const { outcomes, shards } = this.#written;
    const inOrder = [...shards].sort((a, b) => (a.shard < b.shard ? -1 : 1));
    return inOrder.map(({ shard, rows, failure }) => ({
      shard,
      affectedCount: rows.filter((row) => isEffect(outcomes[row]!)).length,
      code: failure?.error.code ?? null,
    }));
  }
}

/** What is said of a row that was not written. */
type FailureReason = Pick<BulkResult, 'code' | 'message'>;

/** Of rows with nothing wrong in themselves. They have no code: to send them again without the culprit is all it takes. */
const failedWith = (culprit: number): FailureReason => ({
  code: null,
  message: `Expected every row of this shard to be written, but got a failure of row ${culprit}. Correct that one, or leave it out, and send these again.`,
});

const isEffect = (outcome: RowOutcome | null): boolean =>
  outcome !== null && outcome !== 'UNCHANGED' && outcome !== 'IGNORED';
