import type { CacheReader } from '../../../cache/reading/cache-reader.ts';
import type { TableModel } from '../../../model/types.ts';
import type { Warmed } from '../../../resolvers/operator/operator-context.ts';
import type { ShardClient } from '../../../shards/client/shard-client.ts';
import { ShardQLError } from '../../../shards/errors.ts';
import { NOTHING_SEEN } from '../../../shards/seen-versions.ts';
import type { App } from '../../app.ts';
import { findTable } from '../../core/find-table.ts';
import { requireJsonBody } from '../../core/media-type.ts';
import { readText } from '../../core/request-body.ts';
import type { Env } from '../../env.ts';
import type { RequestScope } from '../../request-scope.ts';
import { openCacheReader, openReader } from '../../wiring/invocation.ts';
import { runQuery } from './warm-query.ts';
import { parseWarmRequest, type WarmRequest } from './warm-request.ts';
import { namedRows, nodeRows, type RowKeys, readRows, rowsUnder } from './warm-rows.ts';

const MAX_BODY_BYTES = 1_000_000;

/** `POST /warm`. */
export async function warm(request: Request, app: App, scope: RequestScope, env: Env): Promise<Response> {
  requireJsonBody(request, request.method);
  const asked = parseWarmRequest(await readText(request, MAX_BODY_BYTES));
  const { puts, failedPuts, isComplete } = await warmCache(asked, app, scope, env);
  return Response.json({ put: puts, failed: failedPuts, complete: isComplete });
}

/**
 * Reads through the cache, so that later readers find the answers in KV (and in this isolate's memory). Fresh entries are left as they
 * are. Ends once KV has accepted everything.
 */
export async function warmCache(asked: WarmRequest, app: App, scope: RequestScope, env: Env): Promise<Warmed> {
  const work: Promise<unknown>[] = [];
  const waitUntil = (part: Promise<unknown>) => work.push(part);
  const reader = openCacheReader(app, env, scope.shards, { waitUntil, isWarming: true, meter: scope.meter });
  const isComplete = await fill(
    asked,
    app,
    { ...scope, reader: openReader(reader, NOTHING_SEEN, false, scope.meter) },
    reader,
  );
  while (work.length > 0) await Promise.all(work.splice(0));
  const { puts, failedPuts } = reader.kvCounts;
  return { puts, failedPuts, isComplete };
}

/** Gives false if there was more than one request warms. */
async function fill(asked: WarmRequest, app: App, scope: RequestScope, reader: CacheReader): Promise<boolean> {
  if (asked.kind === 'query') {
    await runQuery(asked, app.schema, scope);
    return true;
  }
  const parts = await rowsOf(asked, app, scope.shards);
  for (const part of parts) requireCacheable(part.table);
  for (const part of parts) await readRows(part, reader, scope.shards);
  return parts.every((part) => part.isComplete);
}

async function rowsOf(
  asked: Exclude<WarmRequest, { kind: 'query' }>,
  { model }: App,
  shards: ShardClient,
): Promise<readonly RowKeys[]> {
  if (asked.kind === 'nodes') return nodeRows(model, asked.nodeIds);
  const table = findTable(model, asked.table, 'table');
  const { ids, shardKey } = asked;
  return [ids === null ? await rowsUnder(table, shardKey, shards) : namedRows(table, ids, shardKey)];
}

function requireCacheable({ typeName, cache }: TableModel): void {
  if (cache.weakest !== 'STRONG') return;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a table whose rows may be read from the cache, but got ${typeName}, which allows STRONG alone.`,
    { table: typeName },
  );
}
