import type { Model } from '../model/types.ts';
import type { ShardClient } from '../shards/client/shard-client.ts';
import type { Caller } from '../shards/protocol.ts';

/** What resolvers know of the request they work for. One per request; the shard client in it must not outlive it. */
export interface RequestContext {
  readonly model: Model;
  readonly shards: ShardClient;
  readonly caller: Caller;
  /** Shown to clients with every error, and logged. */
  readonly requestId: string;
}
