import { ShardQLError } from '../../errors.ts';
import type { NewRows } from '../../new-rows.ts';
import type { RowOutcome } from '../../operation.ts';
import type { RowAnswer } from '../../plan/answer.ts';
import type { ShardConnection } from '../connection.ts';
import { placementInMotion } from '../failures.ts';
import { Misrouted } from '../routing/router.ts';
import type { Routing } from '../routing/router-state.ts';
import { requireShardBudget } from '../shard-budget.ts';
import type { RowsCreated, ShardCreated, WriteOptions } from '../shard-client.ts';
import { requireSameRequest } from './require-same-request.ts';
import { batchesByOwner, requireFewRows } from './row-batches.ts';
import { failed, type SentBatch, sendRows } from './send-rows.ts';

/**
 * Creates rows of any shard keys: one call, and one transaction, for each shard that owns some of them, side by side. A
 * shard that fails leaves out all of its rows and says so; those of the others stay. If an answer is lost, the next attempt
 * gets it, by the operation id.
 *
 * A shard that does not own all rows of its batch has written none of them, so they are sent to their new owners. But if an
 * answer was lost before, the batch may have been written then: it goes on as it is, or, where it cannot, is in doubt.
 *
 * @throws ShardQLError if nothing was sent: FANOUT_LIMIT_EXCEEDED for too many shards, or IDEMPOTENCY_KEY_PARAMETER_MISMATCH, as {@link requireSameRequest}.
 */
export async function writeRows(
  connection: ShardConnection,
  given: NewRows,
  { idempotency = null, dryRun = false, rules = null }: Omit<WriteOptions, 'readBack'>,
): Promise<RowsCreated> {
  requireFewRows(given);
  const { router, scope } = connection;
  /** Operation id of the first batch of each shard: what they log has one origin. */
  const origin = crypto.randomUUID();
  const asked = new Set<string>();
  const shards: ShardCreated[] = [];
  const outcomes: (RowOutcome | null)[] = given.rows.map(() => null);
  const rows: (RowAnswer | null)[] = given.select ? given.rows.map(() => null) : [];

  const toBatches = (indices: readonly number[], routing: Routing): SentBatch[] =>
    batchesByOwner(given, indices, routing).map(([shard, batch]) => {
      // What comes under an id that a shard knows already, it takes for a retry.
      const operationId = asked.has(shard) ? crypto.randomUUID() : origin;
      asked.add(shard);
      return { ...batch, shard, operationId, idempotency, dryRun, rules, unanswered: 0 };
    });

  const reroute = (batch: SentBatch, routing: Routing): SentBatch[] => {
    if (batch.unanswered === 0) return toBatches(batch.indices, routing);
    const owners = new Set(batch.shardKeys.map((shardKey) => routing.ownerOf(shardKey)));
    const [shard] = owners;
    if (owners.size > 1 || (shard !== batch.shard && asked.has(shard!))) {
      fail(batch, placementInMotion(scope.settings.shedRetryAfterMs));
      return [];
    }
    asked.add(shard!);
    return [{ ...batch, shard: shard! }];
  };

  const fail = (batch: SentBatch, error: ShardQLError): void => {
    shards.push({ shard: batch.shard, rows: batch.indices, commit: null, ...failed(batch, error) });
  };

  /** Gives the epoch that the shard knows if it does not own all rows of the batch, else null. */
  const send = async (batch: SentBatch, routing: Routing): Promise<number | null> => {
    const { shard, indices } = batch;
    const outcome = await sendRows(connection, routing, batch);
    if (outcome instanceof Misrouted) return outcome.epoch;
    if ('failure' in outcome) {
      shards.push({ shard, rows: indices, commit: null, ...outcome });
      return null;
    }
    const { commit, written } = outcome;
    shards.push({ shard, rows: indices, commit, failure: null });
    for (const [at, index] of indices.entries()) outcomes[index] = written.outcomes[at]!;
    if (given.select) for (const [at, index] of indices.entries()) rows[index] = written.rows[at]!;
    return null;
  };

  let isSent = false;
  let open: readonly SentBatch[] = [];
  try {
    await router.routed(async (routing) => {
      const batches = isSent
        ? open.flatMap((batch) => reroute(batch, routing))
        : toBatches([...given.rows.keys()], routing);
      // What is rerouted is on its way already.
      if (!isSent) {
        requireShardBudget(scope, new Set(batches.map(({ shard }) => shard)));
        if (idempotency !== null) await requireSameRequest(connection, idempotency, batches);
      }
      isSent = true;
      const epochs = await Promise.all(batches.map((batch) => send(batch, routing)));
      open = batches.filter((_, at) => epochs[at] !== null);
      return open.length === 0 ? null : new Misrouted(Math.max(...epochs.map((epoch) => epoch ?? 0)));
    });
  } catch (error) {
    if (!isSent || !(error instanceof ShardQLError)) throw error;
    for (const batch of open) fail(batch, error);
  }
  return { outcomes, rows, shards: shards.sort((a, b) => a.rows[0]! - b.rows[0]!) };
}
