import { GRAPHQL_PATH } from './core/paths.ts';
import type { Env } from './env.ts';
import { acceptsHtml, hasGraphiql } from './graphql/graphiql.ts';

const TEXT = `A GraphQL API: POST queries to ${GRAPHQL_PATH}. /health and /ready tell whether it is up.\n`;

/** `/`: leads browsers to GraphiQL, where there is one, and tells everyone else where the API is. */
export function answerRoot(request: Request, env: Env): Response {
  // Caches must not give the one to those who want the other.
  const headers = { vary: 'accept', 'cache-control': 'no-store' };
  if (acceptsHtml(request) && hasGraphiql(env)) {
    return new Response(null, { status: 302, headers: { ...headers, location: GRAPHQL_PATH } });
  }
  return new Response(TEXT, { headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
}
