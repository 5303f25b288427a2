import { errorToWire, ShardQLError, wireToError } from '../../errors.ts';
import type { OperationOf } from '../../operation.ts';
import { parseOperationId } from '../../operation-id.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import { fromJsonText } from '../../protocol/json-text.ts';
import type { Undone, UndoneOperation, UndoPage, UndoPageRange } from '../../undo.ts';
import type { ShardConnection } from '../connection.ts';
import { shardFailed, writeInDoubt } from '../failures.ts';
import { Deadline } from '../routing/deadline.ts';
import type { Commit, UndoResult } from '../shard-client.ts';
import { recordCommit } from './record-commit.ts';
import { type Sendings, sendWrite } from './send-write.ts';

/**
 * Undoes an operation in each shard that it wrote to, one after another: each in one transaction, which others do not wait for.
 * A shard that fails is reported, unless all of them fail.
 *
 * @param range which rows are shown of each list, over all shards in their order.
 * @throws ShardQLError BAD_USER_INPUT for what is no operation id; else the failure of the first shard, if none did anything.
 */
export async function undo(
  connection: ShardConnection,
  operationId: string,
  range: UndoPageRange,
  dryRun: boolean,
): Promise<UndoResult> {
  const undone = parseOperationId(operationId);
  const origin = crypto.randomUUID();
  const [changes, conflicts] = [new PagedList<'changes'>(range), new PagedList<'conflicts'>(range)];
  const totals = { restored: 0, updated: 0, deleted: 0 };
  const shards: UndoneOperation['shards'][number][] = [];
  const commits: Commit[] = [];
  const failures: ShardQLError[] = [];
  for (const { shard, version } of undone.commits) {
    const operation = { kind: 'undo' as const, origin: undone.origin, version };
    const pages = { changes: changes.rest, conflicts: conflicts.rest };
    try {
      const done = await undoInShard(connection, shard, origin, { ...operation, ...pages }, dryRun);
      const { restored, updated, deleted } = done.undone;
      totals.restored += restored;
      totals.updated += updated;
      totals.deleted += deleted;
      changes.add(done.undone.changes);
      conflicts.add(done.undone.conflicts);
      shards.push({ shard, restored, updated, deleted });
      if (done.commit) commits.push(done.commit);
    } catch (error) {
      if (!(error instanceof ShardQLError)) throw error;
      failures.push(error);
      shards.push({ shard, error: errorToWire(error) });
    }
  }
  if (failures.length === shards.length) throw failures[0]!;
  return { ...totals, changes: changes.page, conflicts: conflicts.page, shards, commits };
}

/** A list that several shards hold, one after the other. */
class PagedList<Name extends 'changes' | 'conflicts'> {
  readonly #rows: Undone[Name]['rows'][number][] = [];
  readonly #range: UndoPageRange;
  #total = 0;
  /** A shard had no room for all that was asked of it: what follows in others is not next. */
  #isCut = false;

  constructor(range: UndoPageRange) {
    this.#range = range;
  }

  /** What is still to be shown, of the list of the next shard. */
  get rest(): UndoPageRange {
    const { offset, limit } = this.#range;
    return { offset: Math.max(0, offset - this.#total), limit: this.#isCut ? 0 : limit - this.#rows.length };
  }

  add({ total, rows }: UndoPage<Undone[Name]['rows'][number]>): void {
    const { offset, limit } = this.rest;
    this.#isCut ||= rows.length < Math.min(limit, Math.max(0, total - offset));
    this.#total += total;
    this.#rows.push(...rows);
  }

  get page(): UndoPage<Undone[Name]['rows'][number]> {
    return { total: this.#total, rows: this.#rows };
  }
}

/** A shard may have a hundred thousand rows to write: that takes longer than a request usually has. In milliseconds. */
const UNDO_DEADLINE_MS = 60_000;

async function undoInShard(
  { scope, router, caller }: ShardConnection,
  shard: string,
  origin: string,
  operation: OperationOf<'undo'>,
  dryRun: boolean,
): Promise<{ readonly undone: Undone; readonly commit: Commit | null }> {
  const { map, epoch } = await router.current();
  // To ask for an object by any name would create it.
  if (!map.shards.some(({ name }) => name === shard)) throw unknownShard();
  const deadline = new Deadline(scope.timers, UNDO_DEADLINE_MS);
  // The shard finds the shard keys in its log.
  const request = {
    ...caller.envelope(epoch, shard, deadline),
    protocol: PROTOCOL_OF.keyedWrites,
    operationId: origin,
    shardKeys: [],
    operations: [operation],
    ...(dryRun && { dryRun }),
  };
  const sendings: Sendings = { unanswered: 0 };
  try {
    const answer = await sendWrite(caller, shard, { shardKey: null, deadline }, request, sendings);
    router.observeEpoch(answer.epoch);
    switch (answer.status) {
      case 'OK': {
        const [undone] = fromJsonText(answer.results) as unknown as readonly [Undone];
        const commit = dryRun ? null : recordCommit(scope, shard, epoch, undone.shardKeys, origin, answer);
        return { undone, commit };
      }
      case 'FAILED':
        // The shard remembers that under the operation id: no attempt that is still on its way will be applied.
        if (!answer.error.isOfOtherRelease) sendings.unanswered = 0;
        throw wireToError(answer.error);
      case 'REFUSED':
        throw wireToError(answer.error);
      default:
        throw shardFailed(answer, scope.settings.shedRetryAfterMs);
    }
  } catch (error) {
    const isInDoubt = sendings.unanswered > 0 && !dryRun;
    throw isInDoubt && error instanceof ShardQLError ? writeInDoubt(error) : error;
  }
}

const unknownShard = (): ShardQLError =>
  new ShardQLError('NOT_FOUND', 'Expected an operation of shards that are there, but got one of another.');
