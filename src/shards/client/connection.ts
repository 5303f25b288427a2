import { Router } from './routing/router.ts';
import { ShardCaller } from './routing/shard-caller.ts';
import type { ShardClientContext } from './shard-client-context.ts';

/** One request's way to the shards: what it shares, where shard keys live, and how shards are called. */
export interface ShardConnection {
  readonly scope: ShardClientContext;
  readonly router: Router;
  readonly caller: ShardCaller;
}

export const connect = (scope: ShardClientContext): ShardConnection => ({
  scope,
  router: new Router(scope),
  caller: new ShardCaller(scope),
});
