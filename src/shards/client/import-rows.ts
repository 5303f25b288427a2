import { type ErrorCode, errorToWire, ShardQLError, wireToError } from '../errors.ts';
import { announceCommit } from './announce-commit.ts';
import { Deadline } from './deadline.ts';
import { shardFailed } from './failures.ts';
import { groupByOwner } from './group-by-owner.ts';
import type { ImportBatch } from './import-batches.ts';
import { importBatches } from './import-batches.ts';
import type { RequestScope } from './request-scope.ts';
import type { Router } from './router.ts';
import { Misrouted } from './router.ts';
import type { Routing } from './router-state.ts';
import type { ShardCaller } from './shard-caller.ts';
import type { Commit, ImportResult, ImportRow } from './shard-client.ts';

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
 * Upserts rows by primary key; a row that fails, or that a shard cannot handle, does so alone. Shards work side by side, the batches of one shard in order: a row may refer to an
 * earlier one. Repeating an import changes nothing, so a failure needs no undoing; it is thrown once no call is left.
 */
export async function importRows(
  table: string,
  columns: readonly string[],
  rows: readonly ImportRow[],
  importId: string | undefined,
  scope: RequestScope,
  router: Router,
  caller: ShardCaller,
): Promise<ImportResult> {
  const { settings, clock, trace } = scope;
  const totals = { inserted: 0, updated: 0, unchanged: 0, rewritten: 0 };
  const failures: ImportResult['failures'][number][] = [];
  const commits: Commit[] = [];
  let open: readonly number[] = [...rows.keys()];

  /** Gives the epoch that the shard knows if it does not own all rows of the batch, else null. */
  const importBatch = async (routing: Routing, shard: string, batch: ImportBatch): Promise<number | null> => {
    const request = { ...caller.envelope(routing.epoch), table, columns, rows: batch.rows, importId };
    const deadline = new Deadline(clock, settings.requestDeadlineMs);
    const answer = await caller.call(shard, { shardKey: null, deadline }, (stub) => stub.importRows(request));
    router.heardOf(answer.epoch);
    switch (answer.status) {
      case 'OK':
        trace.worked(answer.counts);
        totals.inserted += answer.inserted;
        totals.updated += answer.updated;
        totals.unchanged += answer.unchanged;
        if (answer.version !== undefined) {
          commits.push({ shard, version: answer.version, epoch: Math.max(routing.epoch, answer.epoch) });
          announceCommit(scope, shard, answer.version, answer.unpublished);
          const shardKeys = [...new Set(batch.indices.map((index) => rows[index]!.shardKey))];
          scope.noteChange({ shard, shardKeys, version: answer.version, touched: [[table, null]] });
        }
        totals.rewritten += answer.rewritten ?? 0;
        for (const { row, error } of answer.failures) failures.push({ row: batch.indices[row]!, error });
        return null;
      case 'WRONG_SHARD':
        return answer.epoch;
      case 'REFUSED':
        throw wireToError(answer.error);
      default:
        throw shardFailed(answer, settings.shedRetryAfterMs);
    }
  };

  let halvings = MAX_HALVINGS;
  await router.routed(async (routing) => {
    const misrouted: number[] = [];
    let toldEpoch: number | null = null;
    const importInto = async (shard: string, indices: readonly number[]) => {
      for (const batch of importBatches(rows, indices, settings)) await importWhatCan(shard, batch);
    };
    /** A batch that is refused is sent in halves, down to the rows that are to blame. */
    const importWhatCan = async (shard: string, batch: ImportBatch): Promise<void> => {
      try {
        const epoch = await importBatch(routing, shard, batch);
        if (epoch === null) return;
        misrouted.push(...batch.indices);
        toldEpoch = Math.max(toldEpoch ?? 0, epoch);
      } catch (error) {
        if (!isAboutRows(error)) throw error;
        const { indices } = batch;
        if (indices.length === 1) {
          failures.push({ row: indices[0]!, error: errorToWire(error) });
          return;
        }
        if (halvings-- === 0) throw error;
        const middle = indices.length >> 1;
        await importInto(shard, indices.slice(0, middle));
        await importInto(shard, indices.slice(middle));
      }
    };
    const indicesByShard = groupByOwner(open, (index) => rows[index]!.shardKey, routing);
    const ended = await Promise.allSettled([...indicesByShard].map(([shard, indices]) => importInto(shard, indices)));
    const failed = ended.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    open = misrouted.sort((a, b) => a - b);
    return toldEpoch === null ? null : new Misrouted(toldEpoch);
  });
  return { ...totals, failures: failures.sort((a, b) => a.row - b.row), commits };
}

const isAboutRows = (error: unknown): error is ShardQLError =>
  error instanceof ShardQLError && error.details.retryable !== true && ABOUT_ROWS.includes(error.code);
