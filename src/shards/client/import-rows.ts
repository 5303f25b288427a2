import { wireToError } from '../errors.ts';
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

/**
 * Upserts rows by primary key. Shards work side by side, the batches of one shard in order: a row may refer to an
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

  await router.routed(async (routing) => {
    const misrouted: number[] = [];
    let toldEpoch: number | null = null;
    const importInto = async (shard: string, indices: readonly number[]) => {
      for (const batch of importBatches(rows, indices, settings)) {
        const epoch = await importBatch(routing, shard, batch);
        if (epoch === null) continue;
        misrouted.push(...batch.indices);
        toldEpoch = Math.max(toldEpoch ?? 0, epoch);
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
