import { type ErrorCode, errorToWire, ShardQLError, wireToError } from '../../errors.ts';
import type { ImportedRows } from '../../operation.ts';
import { fromJsonText } from '../../protocol/json-text.ts';
import type { ShardConnection } from '../connection.ts';
import { shardFailed } from '../failures.ts';
import { Deadline } from '../routing/deadline.ts';
import { Misrouted } from '../routing/router.ts';
import type { Routing } from '../routing/router-state.ts';
import type { Commit, ImportResult, ImportRow } from '../shard-client.ts';
import { batchesByShard, type ImportBatch, importBatches } from './import-batches.ts';
import { recordCommit } from './record-commit.ts';

/** Times that refused batches are halved in one import: enough for some dozens of bad rows, not for a table of them. */
const MAX_HALVINGS = 500;

/** Codes of failures that a row may be to blame for; the others are about the shard or the caller, and end the import. */
const ABOUT_ROWS: readonly ErrorCode[] = [
  'BAD_USER_INPUT',
  'VALUE_TOO_LARGE',
  'INVALID_VALUE',
  'CHECK_VIOLATION',
  'NOT_NULL_VIOLATION',
  'UNIQUE_VIOLATION',
  'FOREIGN_KEY_VIOLATION',
  'INTERNAL_SERVER_ERROR',
];

/**
 * Upserts rows by primary key; a row that fails, or that a shard cannot handle, does so alone. Shards work side by side,
 * the batches of one shard in order: a row may refer to an earlier one. Each batch is one commit with an operation id: if
 * its answer is lost, the next attempt gets it, and overwrites nothing that was written meanwhile. A failure that ends the
 * import undoes no batch; it is thrown once no call is left, and the import may be repeated.
 */
export async function importRows(
  { scope, router, caller }: ShardConnection,
  table: string,
  columns: readonly string[],
  rows: readonly ImportRow[],
  importId: string | undefined,
): Promise<ImportResult> {
  const { settings, timers } = scope;
  const totals = { inserted: 0, updated: 0, unchanged: 0, rewritten: 0 };
  const failures: ImportResult['failures'][number][] = [];
  const commits: Commit[] = [];

  /** Gives the epoch that the shard knows if it does not own all rows of the batch, else null. */
  const importBatch = async (routing: Routing, shard: string, batch: ImportBatch): Promise<number | null> => {
    const shardKeys = [...new Set(batch.indices.map((index) => rows[index]!.shardKey))];
    const deadline = new Deadline(timers, settings.requestDeadlineMs);
    const request = {
      ...caller.envelope(routing.epoch, shard, deadline),
      operationId: batch.operationId,
      shardKeys,
      operations: [{ kind: 'import' as const, table, columns, rows: batch.rows, importId: importId ?? null }],
    };
    const span = scope.trace.begin('write', shard);
    const answer = await caller.call(shard, { shardKey: null, deadline, span }, (stub) => stub.write(request));
    router.observeEpoch(answer.epoch);
    switch (answer.status) {
      case 'OK': {
        commits.push(recordCommit(scope, shard, routing.epoch, shardKeys, batch.operationId, answer, span));
        const [imported] = fromJsonText(answer.results) as readonly [ImportedRows];
        totals.inserted += imported.inserted;
        totals.updated += imported.updated;
        totals.unchanged += imported.unchanged;
        totals.rewritten += imported.rewritten;
        for (const { row, error } of imported.failures) failures.push({ row: batch.indices[row]!, error });
        return null;
      }
      case 'WRONG_SHARD':
        return answer.epoch;
      case 'FAILED':
      case 'REFUSED':
        throw wireToError(answer.error);
      default:
        throw shardFailed(answer, settings.shedRetryAfterMs);
    }
  };

  let halvings = MAX_HALVINGS;
  let open: readonly ImportBatch[] | null = null;
  await router.routed(async (routing) => {
    const misrouted: ImportBatch[] = [];
    let newestEpoch: number | null = null;
    /** A batch that is refused is sent in halves, down to the rows that are to blame. */
    const importWhatCan = async (shard: string, batch: ImportBatch): Promise<void> => {
      try {
        const epoch = await importBatch(routing, shard, batch);
        if (epoch === null) return;
        misrouted.push(batch);
        newestEpoch = Math.max(newestEpoch ?? 0, epoch);
      } catch (error) {
        if (!isAboutRows(error)) throw error;
        const { indices } = batch;
        if (indices.length === 1) {
          failures.push({ row: indices[0]!, error: errorToWire(error) });
          return;
        }
        if (halvings-- === 0) throw error;
        const middle = indices.length >> 1;
        await importInto(shard, importBatches(rows, indices.slice(0, middle), settings));
        await importInto(shard, importBatches(rows, indices.slice(middle), settings));
      }
    };
    const importInto = async (shard: string, batches: Iterable<ImportBatch>): Promise<void> => {
      for (const batch of batches) await importWhatCan(shard, batch);
    };
    const ended = await Promise.allSettled(
      [...batchesByShard(rows, open, routing, settings)].map(async ([shard, batches]) => {
        for (const some of batches) await importInto(shard, some);
      }),
    );
    const failed = ended.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    open = misrouted.sort((a, b) => a.indices[0]! - b.indices[0]!);
    return newestEpoch === null ? null : new Misrouted(newestEpoch);
  });
  return { ...totals, failures: failures.sort((a, b) => a.row - b.row), commits };
}

const isAboutRows = (error: unknown): error is ShardQLError =>
  error instanceof ShardQLError && error.details.retryable !== true && ABOUT_ROWS.includes(error.code);
