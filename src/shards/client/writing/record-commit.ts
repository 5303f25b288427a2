import type { Span } from '../../../lib/tracing/span.ts';
import type { WriteAnswer } from '../../protocol/write.ts';
import type { ShardKey } from '../../shard-key.ts';
import { stampSchema } from '../../stamp-schema.ts';
import type { Touched } from '../../stamps.ts';
import type { Commit } from '../shard-client.ts';
import type { ShardClientContext } from '../shard-client-context.ts';

/**
 * Passes on what a shard says of a commit: what it cost, what is left to be published, and what it changed.
 *
 * @param shardKeys all that the commit may have written under.
 * @param span of the call that made it.
 * @param origin of the rows that it has logged, if it has changed any.
 */
export function recordCommit(
  { model, trace, enqueueInvalidation, recordChange }: ShardClientContext,
  shard: string,
  routedEpoch: number,
  shardKeys: readonly ShardKey[],
  origin: string,
  answer: WriteAnswer,
  span?: Span,
): Commit {
  const { version, unpublished = [] } = answer;
  trace.worked(answer.counts, span);
  if (unpublished.length > 0) enqueueInvalidation({ shard, shardKeys: unpublished as readonly ShardKey[], version });
  if (answer.touched) {
    // A shard of another release may name what it changed by other names.
    const touched =
      answer.stampSchema === stampSchema(model)
        ? answer.touched
        : model.tables.map(({ typeName }): Touched => [typeName, null]);
    recordChange({ shard, shardKeys, version, touched });
  }
  return { shard, version, epoch: Math.max(routedEpoch, answer.epoch), origin: answer.touched ? origin : null };
}
