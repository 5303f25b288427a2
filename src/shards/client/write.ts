import type { Model } from '../../model/types.ts';
import { ShardQLError, wireToError } from '../errors.ts';
import type { WriteOperation } from '../operation.ts';
import type { Answer, ReadCall } from '../plan.ts';
import { fromJsonText, type WriteAnswer } from '../protocol.ts';
import type { ShardKey } from '../shard-key.ts';
import type { FreshAnswer, ReadBack } from '../shard-read.ts';
import { stampSchema } from '../stamp-schema.ts';
import type { Touched } from '../stamps.ts';
import { announceCommit } from './announce-commit.ts';
import { shardFailed, writeInDoubt } from './failures.ts';
import { planText } from './plan-text.ts';
import type { RequestScope } from './request-scope.ts';
import type { Router } from './router.ts';
import { Misrouted } from './router.ts';
import type { ShardCaller } from './shard-caller.ts';
import type { Written } from './shard-client.ts';

/**
 * One transaction in the shard that owns the shard key. All attempts carry the same operation id, which the shard
 * remembers together with the effect: if an answer was lost, the next attempt gets it and changes nothing (W3).
 */
export async function write(
  shardKey: ShardKey,
  operations: readonly WriteOperation[],
  readBack: ReadBack | null,
  scope: RequestScope,
  router: Router,
  caller: ShardCaller,
): Promise<Written> {
  const { settings, deadline, trace } = scope;
  const operationId = crypto.randomUUID();
  /** Sendings of which it is not known whether they were applied. */
  let unanswered = 0;
  try {
    return await router.routed(async (routing) => {
      const request = {
        ...caller.envelope(routing.epoch),
        operationId,
        shardKey,
        operations,
        ...(readBack && { readBack: [toCall(shardKey, readBack)], lifeMs: readBack.lifeMs }),
      };
      const shard = routing.ownerOf(shardKey);
      const answer = await caller.call(shard, { shardKey, deadline }, async (stub) => {
        unanswered++;
        const reply = await stub.write(request);
        unanswered--;
        return reply;
      });
      router.heardOf(answer.epoch);
      switch (answer.status) {
        case 'OK': {
          const epoch = Math.max(routing.epoch, answer.epoch);
          trace.worked(answer.counts);
          announceCommit(scope, shard, answer.version, answer.unpublished);
          if (answer.touched) {
            const touched = answer.stampSchema === stampSchema(scope.model) ? answer.touched : allOf(scope.model);
            scope.noteChange({ shard, shardKeys: [shardKey], version: answer.version, touched });
          }
          return {
            shard,
            version: answer.version,
            epoch,
            rows: JSON.parse(answer.rows) as Written['rows'],
            readBack: readBackOf(shard, epoch, answer),
          };
        }
        case 'WRONG_SHARD':
          return new Misrouted(answer.epoch);
        case 'FAILED':
          // The shard looks its operation ids up first: this write has never been applied.
          unanswered = 0;
          throw wireToError(answer.error);
        case 'REFUSED':
          // A bug that shows only once the transaction is done: what fails in it is FAILED.
          if (answer.error.code === 'INTERNAL_SERVER_ERROR') unanswered++;
          throw wireToError(answer.error);
        default:
          throw shardFailed(answer, settings.shedRetryAfterMs);
      }
    });
  } catch (error) {
    throw unanswered > 0 && error instanceof ShardQLError ? writeInDoubt(error) : error;
  }
}

/** A shard of another release may name what it changed by other names. */
const allOf = (model: Model): Touched[] => model.tables.map(({ typeName }) => [typeName, null]);

/** How a shard is asked to read back. */
export const toCall = (shardKey: ShardKey, { node, values, keys, cacheable }: ReadBack): ReadCall => ({
  plan: planText(node),
  values,
  keys,
  shardKeys: [shardKey],
  ...(cacheable && { cacheable }),
});

/** What a shard has read back; null if nothing. */
export function readBackOf(shard: string, epoch: number, { readBack }: WriteAnswer): readonly FreshAnswer[] | null {
  if (readBack === undefined) return null;
  const { asOf, outcomes } = fromJsonText(readBack);
  const [outcome] = outcomes;
  if (outcome === undefined || !('answers' in outcome)) return null;
  const snapshots = [{ shard, asOf, changed: outcome.changed?.[0] ?? asOf }];
  return (outcome.answers as readonly Answer[]).map((answer) => ({ answer, snapshots, epoch }));
}
