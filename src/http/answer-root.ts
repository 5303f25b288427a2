import { GRAPHQL_PATH } from './core/paths.ts';
import type { Env } from './env.ts';
import { acceptsHtml, hasGraphiql } from './graphql/graphiql.ts';

const TEXT = `A GraphQL API: POST queries to ${GRAPHQL_PATH}. /health and /ready report whether it is up.\n`;

/** `/`: redirects browsers to GraphiQL, if it is bound, and points everyone else to the API. */
export function answerRoot(request: Request, env: Env): Response {
  // Caches must keep the two apart.
  const headers = { vary: 'accept', 'cache-control': 'no-store' };
  if (acceptsHtml(request) && hasGraphiql(env)) {
    return new Response(null, { status: 302, headers: { ...headers, location: GRAPHQL_PATH } });
  }
  return new Response(TEXT, { headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
}
