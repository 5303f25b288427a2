import { printSchema } from 'graphql';
import type { App } from '../app.ts';
import { requireOperator } from '../authentication/require-operator.ts';
import { requireMethod } from '../core/http-error.ts';
import { OPERATOR_PATH } from '../core/paths.ts';
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

/** A request to an operator's path, and what answers it. */
interface OperatorCall {
  readonly request: Request;
  readonly url: URL;
  readonly env: Env;
  readonly app: App;
  readonly scope: RequestScope;
}

/**
 * The paths of the command line. They read and write all tables without further rules, so only operators may use them.
 * Null: the path is none of them.
 */
export function serveOperator(call: OperatorCall): Promise<Response> | null {
  const route = ROUTES[call.url.pathname];
  if (route === undefined) return null;
  requireMethod(call.request, ...route.methods);
  requireOperator(call.scope.caller);
  return route.answer(call);
}

interface Route {
  readonly methods: readonly string[];
  answer(call: OperatorCall): Promise<Response>;
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/import': {
    methods: ['GET', 'POST'],
    answer: async ({ request, url, app: { model }, scope }) =>
      request.method === 'GET' ? listImportTables(model) : importTable(request, url, model, scope),
  },
  '/export': {
    methods: ['GET'],
    answer: ({ url, app: { model }, scope: { shards } }) => exportPage(url, model, shards),
  },
  '/schema': {
    methods: ['GET'],
    answer: async ({ app: { schema } }) =>
      new Response(`${printSchema(schema)}\n`, { headers: { 'content-type': 'application/graphql; charset=utf-8' } }),
  },
  '/dead-letters': {
    methods: ['GET'],
    answer: ({ env }) => listDeadLetters(openDeadLetters(env)),
  },
  '/dead-letters/replay': {
    methods: ['POST'],
    answer: ({ env, scope: { shards } }) => replayAllDeadLetters(openDeadLetters(env), shards),
  },
  '/metrics': {
    methods: ['GET'],
    answer: ({ app: { cache }, scope: { shards } }) => showMetrics(cache, shards),
  },
  '/migrations': {
    methods: ['GET'],
    answer: ({ app, env }) => checkMigrations(openFleetMigrations(app.model, app.migrations, env)),
  },
  '/migrations/run': {
    methods: ['POST'],
    answer: async ({ app, env }) => runMigrations(openFleetMigrations(app.model, app.migrations, env)),
  },
  '/warm': {
    methods: ['POST'],
    answer: ({ request, app, scope, env }) => warm(request, app, scope, env),
  },
  [OPERATOR_PATH]: {
    methods: ['POST'],
    answer: ({ request, app, scope }) => app.operator(request, scope),
  },
  '/status': {
    methods: ['GET'],
    answer: async ({ scope: { shards } }) => Response.json({ shards: await shards.status() }),
  },
};
