import { PROTOCOL } from '../../protocol/envelope.ts';
import type { ShardRpc } from '../../protocol/shard-rpc.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ShardConnection } from '../connection.ts';
import { askShard } from '../routing/ask-shards.ts';
import { Deadline } from '../routing/deadline.ts';
import type { Published } from '../shard-client.ts';

/** A shard puts one key after another to KV, with pauses and repetitions: longer than a request usually has. */
const PUBLISH_DEADLINE_MS = 120_000;

/** Lets a shard publish; repeating it changes nothing. */
export async function publish(
  connection: ShardConnection,
  shard: string,
  shardKeys: readonly ShardKey[],
): Promise<Published> {
  const deadline = new Deadline(connection.scope.timers, PUBLISH_DEADLINE_MS);
  const ask = (stub: ShardRpc) => stub.publish({ protocol: PROTOCOL, shardKeys });
  const { left, hot = [] } = await askShard(connection, shard, ask, deadline);
  return { left: left as readonly ShardKey[], hot };
}
