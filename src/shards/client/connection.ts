import type { RequestScope } from './request-scope.ts';
import { Router } from './routing/router.ts';
import { ShardCaller } from './routing/shard-caller.ts';

/** One request's way to the shards: what it shares, where shard keys live, and how shards are called. */
export interface ShardConnection {
  readonly scope: RequestScope;
  readonly router: Router;
  readonly caller: ShardCaller;
}

export const connect = (scope: RequestScope): ShardConnection => ({
  scope,
  router: new Router(scope),
  caller: new ShardCaller(scope),
});
