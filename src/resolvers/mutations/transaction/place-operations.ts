import type { MutationOperation, RowsWritten, Selection } from '../../../shards/operation.ts';
import { type ShardKey, shardKeyToWire } from '../../../shards/shard-key.ts';
import type { ReadRun } from '../../run/read-run.ts';
import { belowInputPath } from '../compile/input-path.ts';
import { requireOperations } from '../compile/nested/operation-list.ts';
import { type OperationPlace, placeBelow } from '../compile/operation-place.ts';
import type { PlacedDraft } from './common-shard-key.ts';

/** An operation of a transaction, and what is shown of its rows. */
export interface TransactionPart extends PlacedDraft {
  /** Null: nothing. */
  readonly run: ReadRun | null;
}

/** The operations of all drafts, in their order, as a shard takes them. */
interface PlacedOperations {
  readonly operations: readonly MutationOperation[];
  /** Of each of them. */
  readonly places: readonly OperationPlace[];
  /** By draft. */
  readonly results: readonly DraftResult[];
}

interface DraftResult {
  /** Its operations are those from this index on. */
  readonly first: number;
  /** Index of the first that is not its own. */
  readonly end: number;
  /** Index of the one that shows its row. */
  readonly shown: number;
  /** What the draft has written, made of the results of its operations. */
  readonly writtenOf: (results: readonly RowsWritten[]) => RowsWritten;
}

/**
 * Rows that inherit their shard key are checked only now.
 *
 * @throws ShardQLError with the place in the arguments.
 */
export function placeOperations(parts: readonly TransactionPart[], shardKey: ShardKey): PlacedOperations {
  const operations: MutationOperation[] = [];
  const places: OperationPlace[] = [];
  const results: DraftResult[] = [];
  /** Indices of the operations that show the rows of the drafts. */
  const rows: number[] = [];
  let size = 0;
  for (const { draft, path, run } of parts) {
    const first = operations.length;
    const place = { shardKey: shardKeyToWire(draft.table.shardKey, shardKey), select: selectionOf(run), first, rows };
    try {
      const {
        operations: own,
        places: ownPlaces,
        shown,
        size: ownSize = own.length,
        writtenOf = (written) => written[shown]!,
      } = draft.operationsAt(place);
      size += ownSize;
      requireOperations(size);
      rows.push(first + shown);
      operations.push(...own);
      places.push(...ownPlaces.map((inner) => placeBelow(path, inner)));
      results.push({ first, end: operations.length, shown: first + shown, writtenOf });
    } catch (error) {
      throw belowInputPath(error, path);
    }
  }
  return { operations, places, results };
}

const selectionOf = (run: ReadRun | null): Selection => run && { plan: run.plan.compiled.text, values: run.values };
