import type { Tracer } from '../lib/tracing/tracer.ts';
import { claimsOfRoles } from '../model/access/claims-of-roles.ts';
import { ShardQLError } from '../shards/errors.ts';
import { OTHER } from '../shards/isolate-report.ts';
import type { App } from './app.ts';
import { codeOf, errorResponse, type RequestNames } from './core/error-response.ts';
import { AS_HEADER, IDEMPOTENCY_HEADER, REQUEST_ID_HEADER, TOKEN_HEADER, TRACE_HEADER } from './core/headers.ts';
import { HttpError, requireMethod } from './core/http-error.ts';
import { isLoopback } from './core/loopback.ts';
import { inMaintenance } from './core/maintenance.ts';
import { GRAPHQL_PATH, ROLES_PATH } from './core/paths.ts';
import type { Env } from './env.ts';
import { answerHealth, answerReady } from './health.ts';
import { isOperatorPath, isServedInMaintenance, serveOperator } from './operator/serve-operator.ts';
import { acceptsHtml, hasPages, servePages } from './pages/pages.ts';
import type { RequestScope } from './request-scope.ts';
import { withToken } from './session-token.ts';
import { openTracer } from './tracing/open-tracer.ts';
import { serverTiming } from './tracing/server-timing.ts';
import { denied, type Incoming } from './wiring/incoming.ts';
import { openScope } from './wiring/open-scope.ts';

/** One HTTP request from its first byte to its answer. Never throws; every answer has a request id and is not to be cached. */
export async function handleRequest(
  request: Request,
  env: Env,
  execution: ExecutionContext,
  appOf: (env: Env) => App,
): Promise<Response> {
  const waitUntil = (work: Promise<unknown>) => execution.waitUntil(work);
  const incoming: Incoming = { request, url: new URL(request.url), env, waitUntil, requestId: crypto.randomUUID() };
  const response = await answer(incoming, appOf).catch((error: unknown) => errorResponse(error, namesOf(incoming)));
  return withHeaders(response, incoming);
}

async function answer(incoming: Incoming, appOf: (env: Env) => App): Promise<Response> {
  const { request, url, env } = incoming;
  if (url.pathname === '/health') {
    requireMethod(request, 'GET', 'HEAD');
    return answerHealth();
  }
  // They are the same for everybody, also in maintenance: who opens one gives a credential there.
  const page = servePages(request, url, env);
  if (page !== null) {
    const response = await page;
    if (response !== null) return response;
  }
  const app = appOf(env);
  const { traces, settings } = app;
  incoming.tracer = openTracer(incoming, { traces, isDevelopment: settings.isDevelopment });
  const response = await answerPath(incoming, app).catch((error: unknown) => errorResponse(error, namesOf(incoming)));
  if (incoming.tracer) endTrace(incoming, incoming.tracer, app, response);
  return response;
}

/** Nothing waits for a trace; what ends after the answer is still part of it. */
function endTrace({ url, waitUntil }: Incoming, tracer: Tracer, app: App, response: Response): void {
  const { root } = tracer;
  // Of a path that exists there are few.
  if (response.status !== 404) root.name = `${root.name} ${url.pathname}`;
  root.set({ 'http.response.status_code': response.status });
  root.end(response.status >= 500 ? `HTTP ${response.status}` : null);
  if (tracer.isSampled) app.traces?.add(tracer, waitUntil);
  if (app.settings.isDevelopment && tracer.keepsSpans) response.headers.set('server-timing', serverTiming(tracer));
}

const namesOf = ({ requestId, tracer }: Incoming): RequestNames => ({ requestId, traceId: tracer?.sharedTraceId });

async function answerPath(incoming: Incoming, app: App): Promise<Response> {
  const { request, url } = incoming;
  if (url.pathname !== GRAPHQL_PATH) return await answerMeasured(incoming, app);
  // Preflights have no credentials; and pages read refusals, too.
  const preflight = app.cors.preflight(request);
  if (preflight) return preflight;
  const response = await answerMeasured(incoming, app).catch((error: unknown) =>
    errorResponse(error, namesOf(incoming)),
  );
  app.cors.addHeaders(response.headers, request);
  return response;
}

/** What the request took is counted, however it ends. What refuses a part of it is counted where that fails. */
async function answerMeasured(incoming: Incoming, app: App): Promise<Response> {
  const meter = app.monitoring.begin('request', countedPath(incoming.url.pathname));
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
  path === GRAPHQL_PATH || path === '/ready' || isOperatorPath(path) ? path : OTHER;

async function answerCaller(incoming: Incoming, app: App): Promise<Response> {
  if (app.settings.isInMaintenance && !isServedInMaintenance(incoming.url.pathname)) throw inMaintenance();
  const opened = openScope(app, incoming);
  const scope = opened instanceof Promise ? await opened : opened;
  incoming.scope = scope;
  return await route(incoming, app, scope);
}

async function route(incoming: Incoming, app: App, scope: RequestScope): Promise<Response> {
  const { request, url, env } = incoming;
  if (url.pathname === GRAPHQL_PATH) {
    requireMethod(request, 'GET', 'HEAD', 'POST');
    return withRateLimits(await withToken(await app.graphql(asGet(request), scope), scope), scope);
  }
  const operated = serveOperator({ request, url, env, app, scope });
  if (operated) return await withToken(await operated, scope);
  if (url.pathname === '/') {
    requireMethod(request, 'GET', 'HEAD');
    return answerRoot(request, env);
  }
  if (url.pathname === '/ready') {
    requireMethod(request, 'GET', 'HEAD');
    return answerReady(scope.shards, Date.now());
  }
  // Only in development can one ask as another.
  if (url.pathname === ROLES_PATH && scope.isDevelopment) {
    requireMethod(request, 'GET', 'HEAD');
    return Response.json(claimsOfRoles(app.model));
  }
  throw new HttpError(404, 'NOT_FOUND', `Expected a path of the API, such as ${GRAPHQL_PATH}, but got another.`);
}

function withRateLimits(response: Response, { rateLimitHeaders = {} }: RequestScope): Response {
  // What may be stored is not of one caller, or not of one moment.
  if (response.headers.has('cache-control')) return response;
  for (const [name, value] of Object.entries(rateLimitHeaders)) response.headers.set(name, value);
  return response;
}

function withHeaders(response: Response, { request, url, requestId }: Incoming): Response {
  const { headers } = response;
  headers.set(REQUEST_ID_HEADER, requestId);
  headers.set('x-content-type-options', 'nosniff');
  if (url.protocol === 'https:' && !isLoopback(url.hostname))
    headers.set('strict-transport-security', STRICT_TRANSPORT);
  // Answers depend on the caller, the session and the moment. Those of persisted documents say how (http-caching.ts), and files of pages
  // do not.
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  // Pages have policies of their own.
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', NOTHING_LOADED);
  if (url.pathname === GRAPHQL_PATH) headers.append('vary', VARY);
  return request.method === 'HEAD' ? new Response(null, response) : response;
}

/** Of the request's headers, those that change what `/graphql` answers. */
const VARY = [
  ...['Accept', 'Accept-Encoding', 'Authorization', 'Origin'],
  ...[IDEMPOTENCY_HEADER, TOKEN_HEADER, AS_HEADER, TRACE_HEADER],
].join(', ');

/** Answers are data: a browser that shows one as a page loads and runs nothing, and no page frames it. */
const NOTHING_LOADED = "default-src 'none'; frame-ancestors 'none'";

/** For a year, browsers come by https alone. */
const STRICT_TRANSPORT = 'max-age=31536000';

/** A HEAD is answered like a GET. */
const asGet = (request: Request): Request =>
  request.method === 'HEAD' ? new Request(request, { method: 'GET' }) : request;

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
