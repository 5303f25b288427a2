import type { AuditedAction } from '../../shards/audit.ts';
import type { App } from '../app.ts';
import { requireOperator } from '../authentication/require-operator.ts';
import { backupChanges, backupKeyRows, backupPast, backupRows, startBackup } from '../backup/backup-endpoint.ts';
import { requireMethod } from '../core/http-error.ts';
import { OPERATOR_PATH } from '../core/paths.ts';
import type { Env } from '../env.ts';
import { exportPage } from '../export/export-endpoint.ts';
import { importTable } from '../import/import-endpoint.ts';
import { listImportTables } from '../import/import-tables.ts';
import type { RequestScope } from '../request-scope.ts';
import { openFleetMigrations } from '../wiring/invocation.ts';
import { showMetrics } from './metrics/metrics-endpoint.ts';
import { checkMigrations, runMigrations } from './migrations-endpoint.ts';
import { operatorScope } from './operator-scope.ts';
import { showStatus } from './status-endpoint.ts';
import { warm } from './warm/warm-endpoint.ts';

/** A request to this path is answered in maintenance, in which only operators are. */
export const isServedInMaintenance = (path: string): boolean => {
  const route = OPERATOR_ROUTES[path];
  // `npm start` waits for it, and operators see by it whether shards answer.
  if (path === '/ready') return true;
  return route !== undefined && route.inMaintenance !== false;
};

export const isOperatorPath = (path: string): boolean => Object.hasOwn(OPERATOR_ROUTES, path);

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
  const route = OPERATOR_ROUTES[call.url.pathname];
  if (route === undefined) return null;
  requireMethod(call.request, ...route.methods);
  requireOperator(call.scope.caller);
  return route.audited ? audited(call, route, route.audited) : route.answer(call);
}

/** Failures, too. */
const audited = (call: OperatorCall, route: Route, { action, targetOf }: Audited): Promise<Response> => {
  const target = targetOf(call);
  return target === undefined
    ? route.answer(call)
    : call.scope.audit.recording(action, target, () => route.answer(call));
};

interface Route {
  readonly methods: readonly string[];
  /** Whether it is served in maintenance. Default: true. */
  readonly inMaintenance?: false;
  answer(call: OperatorCall): Promise<Response>;
  /** How the audit log calls it. Absent: it is not recorded. */
  readonly audited?: Audited;
}

interface Audited {
  readonly action: AuditedAction;
  /** Undefined: this call changes and shows nothing. */
  targetOf(call: OperatorCall): string | null | undefined;
}

/** As the request has it: at most so many characters of it. */
const MAX_TARGET_LENGTH = 100;

const tableOf = ({ url }: OperatorCall): string | null =>
  url.searchParams.get('table')?.slice(0, MAX_TARGET_LENGTH) ?? null;

/** By path. */
export const OPERATOR_ROUTES: Readonly<Record<string, Route>> = {
  '/import': {
    methods: ['GET', 'POST'],
    answer: async ({ request, url, app: { model }, scope }) =>
      request.method === 'GET' ? listImportTables(model) : importTable(request, url, model, scope),
    audited: {
      action: 'import',
      targetOf: (call) =>
        call.request.method === 'GET' || call.url.searchParams.get('dryRun') === '1' ? undefined : tableOf(call),
    },
  },
  '/export': {
    methods: ['GET'],
    answer: ({ url, app: { model }, scope: { shards } }) => exportPage(url, model, shards),
    audited: { action: 'export', targetOf: tableOf },
  },
  '/backup/start': {
    methods: ['POST'],
    answer: ({ url, app: { model }, scope: { shards } }) => startBackup(url, model, shards),
    audited: { action: 'backup', targetOf: () => null },
  },
  '/backup/key-rows': {
    methods: ['GET'],
    answer: ({ url, scope: { shards } }) => backupKeyRows(url, shards),
    audited: { action: 'backup', targetOf: tableOf },
  },
  '/backup/past': {
    methods: ['GET'],
    answer: ({ url, scope: { shards } }) => backupPast(url, shards),
    audited: { action: 'backup', targetOf: () => null },
  },
  '/backup/rows': {
    methods: ['GET'],
    answer: ({ url, scope: { shards } }) => backupRows(url, shards),
    audited: { action: 'backup', targetOf: tableOf },
  },
  '/backup/changes': {
    methods: ['GET'],
    answer: ({ url, scope: { shards } }) => backupChanges(url, shards),
    audited: { action: 'backup', targetOf: () => null },
  },
  '/schema': {
    methods: ['GET'],
    answer: async ({ app }) =>
      new Response(app.sdl(), { headers: { 'content-type': 'application/graphql; charset=utf-8' } }),
  },
  '/metrics': {
    methods: ['GET'],
    answer: ({ url, env, app, scope: { fleet } }) => showMetrics(url, env, app, fleet),
  },
  '/migrations': {
    methods: ['GET'],
    answer: ({ app, env }) => checkMigrations(openFleetMigrations(app.model, app.migrations, env)),
  },
  '/migrations/run': {
    methods: ['POST'],
    answer: async ({ url, app, env, scope }) =>
      runMigrations(url, openFleetMigrations(app.model, app.migrations, env), scope.audit),
  },
  '/warm': {
    methods: ['POST'],
    // What is cached then may be what is being taken back.
    inMaintenance: false,
    answer: ({ request, app, scope, env }) => warm(request, app, scope, env),
    audited: { action: 'warm', targetOf: () => null },
  },
  [OPERATOR_PATH]: {
    methods: ['POST'],
    answer: ({ request, app, scope, env }) => app.operator(request, operatorScope(scope, app, env)),
  },
  '/status': {
    methods: ['GET'],
    answer: ({ url, scope: { fleet } }) => showStatus(url, fleet),
  },
};
