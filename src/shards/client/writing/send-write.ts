import { ShardQLError } from '../../errors.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import type { WriteRequest } from '../../protocol/write.ts';
import { nothingWritten } from '../failures.ts';
import type { CallOptions, ShardCaller } from '../routing/shard-caller.ts';

/** What is known of a write that is on its way. */
export interface Sendings {
  /** Those of which it is not known whether they were applied. */
  unanswered: number;
}

type Reply = Awaited<ReturnType<ReturnType<typeof writeOf>>>;

/**
 * Sends a write to its shard, as often as is worthwhile.
 *
 * @throws ShardQLError as `ShardCaller.call`. With SHARD_FULL and nothing unanswered, nothing was written.
 */
export async function sendWrite(
  caller: ShardCaller,
  shard: string,
  options: CallOptions,
  request: WriteRequest,
  sendings: Sendings,
): Promise<Reply> {
  try {
    return await caller.call(shard, options, writeOf(request, sendings));
  } catch (error) {
    const isInDoubt = sendings.unanswered > 0 && request.idempotency === undefined && request.dryRun !== true;
    if (!isInDoubt || !(error instanceof ShardQLError) || error.code !== 'SHARD_FULL') throw error;
    const reply = await settle(caller, shard, options, request);
    if (reply === 'UNKNOWN') throw error;
    sendings.unanswered = 0;
    if (reply === 'NOTHING_WRITTEN') throw nothingWritten(error);
    return reply;
  }
}

const writeOf =
  (request: WriteRequest, sendings: Sendings) => async (stub: Parameters<Parameters<ShardCaller['call']>[2]>[0]) => {
    const isRepeated = sendings.unanswered++ > 0;
    const reply = await stub.write(isRepeated ? repeated(request) : request);
    sendings.unanswered--;
    return reply;
  };

/** What may have been written already reaches no shard that would not know. */
const repeated = (request: WriteRequest): WriteRequest =>
  request.rememberedByLog ? { ...request, protocol: PROTOCOL_OF.rememberedWrites } : request;

/**
 * Finds out what became of a write whose shard was reset for want of room: it may have been reset because of this write, or because of another
 * one, after this one. Under the same operation id, a write of nothing gets the outcome of this one, if there is one. Else it becomes that
 * outcome itself, so that no attempt which is still on its way has an effect.
 */
async function settle(
  caller: ShardCaller,
  shard: string,
  options: CallOptions,
  { readBack: _, lifeMs: __, ...asked }: WriteRequest,
): Promise<Extract<Reply, { readonly status: 'OK' }> | 'NOTHING_WRITTEN' | 'UNKNOWN'> {
  const { operations: settles, ...request } = repeated(asked);
  try {
    const reply = await caller.call(shard, options, (stub) => stub.write({ ...request, operations: [], settles }));
    if (reply.status === 'OK') return reply.results === NO_RESULTS ? 'NOTHING_WRITTEN' : reply;
    // Failures are remembered too, but for those of other releases.
    return reply.status === 'FAILED' && !reply.error.isOfOtherRelease ? 'NOTHING_WRITTEN' : 'UNKNOWN';
  } catch (error) {
    if (error instanceof ShardQLError) return 'UNKNOWN';
    throw error;
  }
}

/** Of a write of nothing, as JSON. */
const NO_RESULTS = '[]';
