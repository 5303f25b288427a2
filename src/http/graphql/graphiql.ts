import { GRAPHIQL_PATH } from '../core/paths.ts';
import type { Env } from '../env.ts';

/** A browser that opens the endpoint, as opposed to a client that sends a GET query. */
export const asksForPage = (request: Request, url: URL): boolean =>
  request.method !== 'POST' && !url.searchParams.has('query') && acceptsHtml(request);

export const acceptsHtml = (request: Request): boolean => request.headers.get('accept')?.includes('text/html') ?? false;

export const hasGraphiql = ({ GRAPHIQL, SHARDQL_GRAPHIQL }: Env): boolean => Boolean(GRAPHIQL ?? SHARDQL_GRAPHIQL);

/**
 * GraphiQL is served by others, so that nothing of it stands in front of the API: a Worker, or a server of this machine. Null
 * where there is none.
 */
export const serveGraphiql = (request: Request, url: URL, env: Env): Promise<Response> | null => {
  const asset = url.pathname.startsWith(GRAPHIQL_PATH) ? url : new URL(GRAPHIQL_PATH, url);
  if (env.GRAPHIQL) return env.GRAPHIQL.fetch(asset, { headers: request.headers });
  return env.SHARDQL_GRAPHIQL ? fetch(new URL(asset.pathname, env.SHARDQL_GRAPHIQL)) : null;
};
