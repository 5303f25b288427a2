import { FailedOperation, ShardQLError, wireToError } from '../../errors.ts';
import { loneOperation } from '../../lone-write.ts';
import type { MutationOperation } from '../../operation.ts';
import type { Answer } from '../../plan/answer.ts';
import type { FreshAnswer, ReadBack, ReadCall } from '../../plan/read.ts';
import { fromJsonText } from '../../protocol/json-text.ts';
import type { WriteAnswer } from '../../protocol/write.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ShardConnection } from '../connection.ts';
import { shardFailed, writeInDoubt } from '../failures.ts';
import { acrossReleases } from '../routing/across-releases.ts';
import { Misrouted } from '../routing/router.ts';
import type { Routing } from '../routing/router-state.ts';
import { requireShardBudget } from '../shard-budget.ts';
import type { WriteOptions, WriteResult } from '../shard-client.ts';
import { recordCommit } from './record-commit.ts';
import { type Sendings, sendWrite } from './send-write.ts';
import { specialMembers } from './special-members.ts';

/**
 * One transaction in the shard that owns the shard key. All attempts carry the same operation id, which the shard
 * remembers together with the effect: if an answer was lost, the next attempt gets it and changes nothing (W3). With
 * `idempotency` the same holds of requests that clients repeat: the answer is that of the first one's commit.
 */
export async function write(
  { scope, router, caller }: ShardConnection,
  shardKey: ShardKey,
  operations: readonly MutationOperation[],
  options: WriteOptions,
): Promise<WriteResult> {
  const { readBack = null, idempotency = null, dryRun = false } = options;
  const { settings, deadline, state, timers } = scope;
  const operationId = crypto.randomUUID();
  const origin = idempotency?.id ?? operationId;
  const sendings: Sendings = { unanswered: 0 };
  // Keyed writes have their answer stored for longer.
  const isLone = !dryRun && loneOperation(operations) !== null;
  const isRemembered = isLone && idempotency === null;
  try {
    const attempt = async (routing: Routing): Promise<WriteResult | Misrouted> => {
      const shard = routing.ownerOf(shardKey);
      const request = {
        ...caller.envelope(routing.epoch, shard),
        operationId,
        shardKeys: [shardKey],
        operations,
        ...specialMembers(options),
        ...(isRemembered && { rememberedByLog: true }),
        ...(isLone && state.writes.has(shard, timers.now()) && { sharesCommit: true as const }),
        ...(readBack && { readBack: [toCall(shardKey, readBack)], lifeMs: readBack.lifeMs }),
      };
      if (sendings.unanswered === 0) requireShardBudget(scope, [shard]);
      const span = scope.trace.begin('write', shard);
      const ended = state.writes.begin(shard, timers.now(), deadline.atMs);
      const answer = await sendWrite(caller, shard, { shardKey, deadline, span }, request, sendings).finally(ended);
      router.observeEpoch(answer.epoch);
      switch (answer.status) {
        case 'OK': {
          const commit = recordCommit(scope, shard, routing.epoch, [shardKey], origin, answer, span);
          const results = fromJsonText(answer.results) as WriteResult['results'];
          return { ...commit, results, readBack: readBackOf(shard, commit.epoch, answer) };
        }
        case 'WRONG_SHARD':
          return new Misrouted(answer.epoch);
        case 'FAILED':
          // That is not remembered: the next attempt may find a shard of this release.
          if (answer.error.isOfOtherRelease) throw wireToError(answer.error);
          // The shard remembers that under the operation id: no attempt that is still on its way will be applied.
          sendings.unanswered = 0;
          throw new FailedOperation(answer.error, answer.index, answer.row);
        case 'REFUSED':
          // A bug that shows only once the transaction is done: what fails in it is FAILED.
          if (answer.error.code === 'INTERNAL_SERVER_ERROR') sendings.unanswered++;
          throw wireToError(answer.error);
        default:
          throw shardFailed(answer, settings.shedRetryAfterMs);
      }
    };
    return await acrossReleases(scope, () => router.routed(attempt));
  } catch (error) {
    // With a key, a repeated request learns the outcome.
    const isInDoubt = sendings.unanswered > 0 && idempotency === null && !dryRun;
    throw isInDoubt && error instanceof ShardQLError ? writeInDoubt(error) : error;
  }
}

/** How a shard is asked to read back. */
export const toCall = (shardKey: ShardKey, { plan, values, keys, cacheable }: ReadBack): ReadCall => ({
  plan: plan.text,
  values,
  keys,
  shardKeys: [shardKey],
  ...(cacheable && { cacheable }),
});

/** What a shard has read back; null if nothing. */
export function readBackOf(
  shard: string,
  epoch: number,
  { readBack }: Pick<WriteAnswer, 'readBack'>,
): readonly FreshAnswer[] | null {
  if (readBack === undefined) return null;
  const { asOf, outcomes } = fromJsonText(readBack);
  const [outcome] = outcomes;
  if (outcome === undefined || !('answers' in outcome)) return null;
  const snapshots = [{ shard, asOf, changed: outcome.changed?.[0] ?? asOf }];
  const { coveredMs } = outcome;
  return (outcome.answers as readonly Answer[]).map((answer) => ({ answer, snapshots, epoch, coveredMs }));
}
