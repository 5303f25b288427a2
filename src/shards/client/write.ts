import { ShardQLError, wireToError } from '../errors.ts';
import type { WriteOperation } from '../operation.ts';
import type { ShardKey } from '../shard-key.ts';
import { announceCommit } from './announce-commit.ts';
import { shardFailed, writeInDoubt } from './failures.ts';
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
      const request = { ...caller.envelope(routing.epoch), operationId, shardKey, operations };
      const shard = routing.ownerOf(shardKey);
      const answer = await caller.call(shard, { shardKey, deadline }, async (stub) => {
        unanswered++;
        const reply = await stub.write(request);
        unanswered--;
        return reply;
      });
      router.heardOf(answer.epoch);
      switch (answer.status) {
        case 'OK':
          trace.worked(answer.counts);
          announceCommit(scope, shard, answer.version, answer.unpublished);
          if (answer.touched) {
            scope.noteChange({ shardKeys: [shardKey], version: answer.version, touched: answer.touched });
          }
          return {
            shard,
            version: answer.version,
            rows: JSON.parse(answer.rows) as Written['rows'],
          };
        case 'WRONG_SHARD':
          return new Misrouted(answer.epoch);
        case 'FAILED':
          // The shard looks its operation ids up first: this write has never been applied.
          unanswered = 0;
          throw wireToError(answer.error);
        case 'REFUSED':
          throw wireToError(answer.error);
        default:
          throw shardFailed(answer, settings.shedRetryAfterMs);
      }
    });
  } catch (error) {
    throw unanswered > 0 && error instanceof ShardQLError ? writeInDoubt(error) : error;
  }
}
