import type { Env } from './env.ts';

/** Folder of GraphiQL's assets; its page refers to them by absolute path. */
export const GRAPHIQL_PATH = '/graphiql/';

/** A browser that opens the endpoint, as opposed to a client that sends a GET query. */
export const asksForPage = (request: Request, url: URL): boolean =>
  request.method !== 'POST' && !url.searchParams.has('query') && acceptsHtml(request);

const acceptsHtml = (request: Request): boolean => request.headers.get('accept')?.includes('text/html') ?? false;

/** GraphiQL is a Worker of its own, so that nothing of it stands in front of the API. Null where it is not bound. */
export const serveGraphiql = (request: Request, url: URL, env: Env): Promise<Response> | null => {
  if (!env.GRAPHIQL) return null;
  const asset = url.pathname.startsWith(GRAPHIQL_PATH) ? url : new URL(GRAPHIQL_PATH, url);
  return env.GRAPHIQL.fetch(asset, { headers: request.headers });
};
