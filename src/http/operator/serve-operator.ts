import { printSchema } from 'graphql';
import type { App } from '../app.ts';
import { requireDeveloper } from '../authenticate.ts';
import { requireMethod } from '../core/http-error.ts';
import type { Env } from '../env.ts';
import { exportPage } from '../export/export-endpoint.ts';
import { importTable } from '../import/import-endpoint.ts';
import { listImportTables } from '../import/import-tables.ts';
import type { RequestScope } from '../request-scope.ts';
import { openDeadLetters, openFleetMigrations } from '../wiring.ts';
import { listDeadLetters, replayAllDeadLetters } from './dead-letters-endpoint.ts';
import { showMetrics } from './metrics/metrics-endpoint.ts';
import { checkMigrations, runMigrations } from './migrations-endpoint.ts';
import { warm } from './warm/warm-endpoint.ts';

/**
 * What the command line asks. These paths read and write all tables without further rules, so they are the developer's
 * alone. Null: the path is none of them.
 */
export function serveOperator(
  request: Request,
  url: URL,
  env: Env,
  app: App,
  scope: RequestScope,
): Promise<Response> | null {
  const route = ROUTES[url.pathname];
  if (route === undefined) return null;
  requireMethod(request, ...route.methods);
  requireDeveloper(scope.caller);
  return route.answer(request, url, app, scope, env);
}

interface Route {
  readonly methods: readonly string[];
  answer(request: Request, url: URL, app: App, scope: RequestScope, env: Env): Promise<Response>;
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/import': {
    methods: ['GET', 'POST'],
    answer: async (request, url, { model }, scope) =>
      request.method === 'GET' ? listImportTables(model) : importTable(request, url, model, scope),
  },
  '/export': {
    methods: ['GET'],
    answer: (_request, url, { model }, { shards }) => exportPage(url, model, shards),
  },
  '/schema': {
    methods: ['GET'],
    answer: async (_request, _url, { schema }) =>
      new Response(`${printSchema(schema)}\n`, { headers: { 'content-type': 'application/graphql; charset=utf-8' } }),
  },
  '/dead-letters': {
    methods: ['GET'],
    answer: (_request, _url, _app, _scope, env) => listDeadLetters(openDeadLetters(env)),
  },
  '/dead-letters/replay': {
    methods: ['POST'],
    answer: (_request, _url, _app, { shards }, env) => replayAllDeadLetters(openDeadLetters(env), shards),
  },
  '/metrics': {
    methods: ['GET'],
    answer: (_request, _url, { cache }, { shards }) => showMetrics(cache, shards),
  },
  '/migrations': {
    methods: ['GET'],
    answer: (_request, _url, app, _scope, env) => checkMigrations(openFleetMigrations(app.model, app.migrations, env)),
  },
  '/migrations/run': {
    methods: ['POST'],
    answer: async (_request, _url, app, _scope, env) =>
      runMigrations(openFleetMigrations(app.model, app.migrations, env)),
  },
  '/warm': {
    methods: ['POST'],
    answer: (request, _url, app, scope, env) => warm(request, app, scope, env),
  },
  '/status': {
    methods: ['GET'],
    answer: async (_request, _url, _app, { shards }) => Response.json({ shards: await shards.status() }),
  },
};
