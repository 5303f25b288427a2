import { wireToError } from '../../errors.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import type { Idempotency } from '../../protocol/write.ts';
import type { ShardConnection } from '../connection.ts';
import type { RowBatch } from './row-batches.ts';

/**
 * Shards that were not asked the first time would make what is another change by now, while the others refuse it. So where a
 * keyed write goes to several, all of them are asked before any of them writes. It takes two different requests at the same
 * time to get past this: then each shard decides for itself.
 *
 * @throws ShardQLError IDEMPOTENCY_KEY_PARAMETER_MISMATCH if one of them has made another write with the key; the failure of a
 * shard that does not say.
 */
export async function requireSameRequest(
  { scope, caller }: ShardConnection,
  { id, fingerprint }: Idempotency,
  batches: readonly (RowBatch & { readonly shard: string })[],
): Promise<void> {
  if (batches.length < 2) return;
  const { deadline, requestId } = scope;
  await Promise.all(
    batches.map(async ({ shard, shardKeys }) => {
      const shardKey = shardKeys.length === 1 ? shardKeys[0]! : null;
      const request = { protocol: PROTOCOL_OF.keyedWrites, requestId, id, repeated: { fingerprint, shardKey } };
      const answer = await caller.call(shard, { shardKey: null, deadline }, (stub) => stub.recall(request));
      if (answer.status === 'REFUSED') throw wireToError(answer.error);
    }),
  );
}
