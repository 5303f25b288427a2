import { type Awaitable, whenThere } from '../lib/awaitable.ts';
import type { Tracer } from '../lib/tracing/tracer.ts';
import { claimsOfRoles } from '../model/access/claims-of-roles.ts';
import { ShardQLError } from '../shards/errors.ts';
import { OTHER } from '../shards/isolate-report.ts';
import type { App } from './app.ts';
import { codeOf, errorResponse, type RequestNames } from './core/error-response.ts';
import { REQUEST_ID_HEADER } from './core/headers.ts';
import { HttpError, requireMethod } from './core/http-error.ts';
import { isLoopback } from './core/loopback.ts';
import { inMaintenance } from './core/maintenance.ts';
import { GRAPHQL_PATH, MCP_PATH, ROLES_PATH } from './core/paths.ts';
import { addUsualHeaders, hasUsualHeaders, NOT_STORED } from './core/usual-headers.ts';
import type { Env } from './env.ts';
import { answerHealth, answerReady } from './health.ts';
import { serveMcp } from './mcp/mcp-endpoint.ts';
import { isOperatorPath, isServedInMaintenance, serveOperator } from './operator/serve-operator.ts';
import { acceptsHtml, hasPages, servePages } from './pages/pages.ts';
import type { RequestScope } from './request-scope.ts';
import { addToken, sessionToken } from './session-token.ts';
import { openTracer } from './tracing/open-tracer.ts';
import { serverTiming } from './tracing/server-timing.ts';
import { denied, Incoming } from './wiring/incoming.ts';
import { openScope } from './wiring/open-scope.ts';

/** One HTTP request from its first byte to its answer. Never throws; every answer has a request id and is not to be cached. */
export async function handleRequest(
  request: Request,
  env: Env,
  execution: ExecutionContext,
  appOf: (env: Env) => App,
): Promise<Response> {
  const incoming = new Incoming(request, env, (work) => execution.waitUntil(work));
  let response: Response;
  try {
    response = await answer(incoming, appOf);
  } catch (error) {
    response = errorResponse(error, namesOf(incoming));
  }
  return withHeaders(response, incoming);
}

function answer(incoming: Incoming, appOf: (env: Env) => App): Awaitable<Response> {
  const { path, env } = incoming;
  if (path === '/health') {
    requireMethod(incoming, 'GET', 'HEAD');
    return answerHealth();
  }
  // They are the same for everybody, also in maintenance: who opens one gives a credential there.
  const page = servePages(incoming);
  if (page === null) return answerByApp(incoming, appOf(env));
  return page.then((served) => served ?? answerByApp(incoming, appOf(env)));
}

async function answerByApp(incoming: Incoming, app: App): Promise<Response> {
  const { request, path } = incoming;
  const { traces, settings, cors } = app;
  incoming.tracer = openTracer(incoming, { traces, isDevelopment: settings.isDevelopment });
  const isEndpoint = path === GRAPHQL_PATH || (path === MCP_PATH && app.mcp !== null);
  let response: Response;
  try {
    // Preflights have no credentials; and pages read refusals, too.
    response = (isEndpoint ? cors.preflight(incoming) : null) ?? (await answerMeasured(incoming, app));
  } catch (error) {
    response = errorResponse(error, namesOf(incoming));
  }
  if (isEndpoint) cors.addHeaders(response.headers, request);
  if (incoming.tracer) endTrace(incoming, incoming.tracer, app, response);
  return response;
}

/** Nothing waits for a trace; what ends after the answer is still part of it. */
function endTrace({ path, waitUntil }: Incoming, tracer: Tracer, app: App, response: Response): void {
  const { root } = tracer;
  // Of a path that exists there are few.
  if (response.status !== 404) root.name = `${root.name} ${path}`;
  root.set({ 'http.response.status_code': response.status });
  root.end(response.status >= 500 ? `HTTP ${response.status}` : null);
  if (tracer.isSampled) app.traces?.add(tracer, waitUntil);
  if (app.settings.isDevelopment && tracer.keepsSpans) response.headers.set('server-timing', serverTiming(tracer));
}

const namesOf = ({ requestId, tracer }: Incoming): RequestNames => ({ requestId, traceId: tracer?.sharedTraceId });

/** What the request took is counted, however it ends. What refuses a part of it is counted where that fails. */
async function answerMeasured(incoming: Incoming, app: App): Promise<Response> {
  const meter = app.monitoring.begin('request', countedPath(incoming.path));
  incoming.meter = meter;
  try {
    return await answerCaller(incoming, app);
  } catch (error) {
    // An issuer that cannot be reached is an outage.
    const isOutage = error instanceof HttpError && error.status >= 500;
    if (error instanceof ShardQLError && !isOutage) denied(app, incoming, error.code);
    meter.failed(codeOf(error));
    throw error;
  } finally {
    app.monitoring.finish(meter, incoming);
  }
}

/** Paths are counted each by itself, and those that nobody serves as one. */
const countedPath = (path: string): string =>
  path === GRAPHQL_PATH || path === MCP_PATH || path === '/ready' || isOperatorPath(path) ? path : OTHER;

function answerCaller(incoming: Incoming, app: App): Awaitable<Response> {
  if (app.settings.isInMaintenance && !isServedInMaintenance(incoming.path)) throw inMaintenance();
  return whenThere(openScope(app, incoming), (scope) => {
    incoming.scope = scope;
    return incoming.path === GRAPHQL_PATH ? answerGraphql(incoming, app, scope) : route(incoming, app, scope);
  });
}

async function answerGraphql(incoming: Incoming, app: App, scope: RequestScope): Promise<Response> {
  requireMethod(incoming, 'GET', 'HEAD', 'POST');
  const response = await app.graphql(asGet(incoming), scope);
  const token = sessionToken(scope);
  addToken(response, token instanceof Promise ? await token : token);
  return withRateLimits(response, scope);
}

async function route(incoming: Incoming, app: App, scope: RequestScope): Promise<Response> {
  const { request, url, path, env } = incoming;
  if (path === MCP_PATH && app.mcp !== null) {
    const response = await serveMcp(request, app, scope);
    addToken(response, await sessionToken(scope));
    return withRateLimits(response, scope);
  }
  const operated = serveOperator({ request, url, env, app, scope });
  if (operated) {
    const response = await operated;
    addToken(response, await sessionToken(scope));
    return response;
  }
  if (path === '/') {
    requireMethod(incoming, 'GET', 'HEAD');
    return answerRoot(request, env);
  }
  if (path === '/ready') {
    requireMethod(incoming, 'GET', 'HEAD');
    return answerReady(scope.shards, Date.now());
  }
  // Only in development can one ask as another.
  if (path === ROLES_PATH && scope.isDevelopment) {
    requireMethod(incoming, 'GET', 'HEAD');
    return Response.json(claimsOfRoles(app.model));
  }
  throw new HttpError(404, 'NOT_FOUND', `Expected a path of the API, such as ${GRAPHQL_PATH}, but got another.`);
}

function withRateLimits(response: Response, { rateLimitHeaders }: RequestScope): Response {
  if (rateLimitHeaders === undefined) return response;
  const { headers } = response;
  // What may be stored is not of one caller, or not of one moment.
  if ((headers.get('cache-control') ?? NOT_STORED) !== NOT_STORED) return response;
  for (const [name, value] of Object.entries(rateLimitHeaders)) headers.set(name, value);
  return response;
}

function withHeaders(response: Response, { method, path, isSecure, hostname, requestId }: Incoming): Response {
  const { headers } = response;
  headers.set(REQUEST_ID_HEADER, requestId);
  if (isSecure && !isLoopback(hostname)) headers.set('strict-transport-security', STRICT_TRANSPORT);
  if (!hasUsualHeaders(response)) addUsualHeaders(headers, path === GRAPHQL_PATH);
  return method === 'HEAD' ? new Response(null, response) : response;
}

/** For a year, browsers come by https alone. */
const STRICT_TRANSPORT = 'max-age=31536000';

/** A HEAD is answered like a GET. */
const asGet = ({ request, method }: Incoming): Request =>
  method === 'HEAD' ? new Request(request, { method: 'GET' }) : request;

const TEXT = `A GraphQL API: POST queries to ${GRAPHQL_PATH}. /health and /ready report whether it is up.\n`;

/** `/`: redirects browsers to GraphiQL, if pages are bound, and points everyone else to the API. */
function answerRoot(request: Request, env: Env): Response {
  // Caches must keep the two apart.
  const headers = { vary: 'accept', 'cache-control': 'no-store' };
  if (acceptsHtml(request) && hasPages(env)) {
    return new Response(null, { status: 302, headers: { ...headers, location: GRAPHQL_PATH } });
  }
  return new Response(TEXT, { headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
}
