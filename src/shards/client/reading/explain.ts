import { wireToError } from '../../errors.ts';
import type { Read, ReadCall } from '../../plan/read.ts';
import { fromJsonText, toJsonText } from '../../protocol/json-text.ts';
import type { ShardConnection } from '../connection.ts';
import { groupByOwner } from '../routing/group-by-owner.ts';
import type { Routing } from '../routing/router-state.ts';
import type { ExplainedRead } from '../shard-client.ts';
import type { ShardClientContext } from '../shard-client-context.ts';
import { scatterCall } from './read-scatter.ts';

/**
 * Which shards a read would go to, and how. Their databases are alike, so one of them gives the statements for all keys;
 * where several would answer, each would run them for its own keys.
 */
export async function explain({ scope, router, caller }: ShardConnection, read: Read): Promise<ExplainedRead> {
  const { deadline, trace } = scope;
  return await router.routed(async (routing) => {
    const { shards, call } = explainedCall(read, scope, routing);
    const shardCount = routing.owners.length;
    const [asked] = shards;
    if (asked === undefined) return { shards, shardCount, statements: [] };
    const request = toJsonText({ ...caller.envelope(routing.epoch, asked), call });
    const span = trace.begin('explain', asked);
    const reply = fromJsonText(
      await caller.call(asked, { shardKey: null, deadline, span }, (stub) => stub.explain(request)),
    );
    if (reply.status === 'REFUSED') throw wireToError(reply.error);
    trace.worked(reply.counts, span);
    return { shards, shardCount, statements: reply.statements };
  });
}

function explainedCall(
  read: Read,
  scope: ShardClientContext,
  routing: Routing,
): { readonly shards: readonly string[]; readonly call: ReadCall } {
  const { plan, values, keys, shardKeys } = read;
  if (shardKeys !== null) {
    const shards = [...groupByOwner([...keys.keys()], (index) => shardKeys[index]!, routing).keys()];
    return { shards, call: { plan: plan.text, values, keys, shardKeys: [...new Set(shardKeys)] } };
  }
  const call = scatterCall(read, scope, routing.owners);
  return { shards: routing.owners, call: { ...call, keys, shardKeys: null } };
}
