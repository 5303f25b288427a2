import { Tracer } from '../../lib/tracing/tracer.ts';
import type { RowScope } from '../../plans/access/visible-rows.ts';
import { AuditTrail } from '../../shards/client/audit-trail.ts';
import { Bookmarks } from '../../shards/client/bookmarks.ts';
import { Fleet } from '../../shards/client/fleet.ts';
import { KeyPlacements } from '../../shards/client/key-placements.ts';
import type { SeenVersions } from '../../shards/seen-versions.ts';
import { callerHints } from '../authentication/caller-hints.ts';
import type { Identity } from '../authentication/identity.ts';
import { isOperator } from '../authentication/require-operator.ts';
import { IDEMPOTENCY_HEADER, TRACE_HEADER } from '../core/headers.ts';
import { GRAPHQL_PATH, MCP_PATH } from '../core/paths.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import type { RequestScope } from '../request-scope.ts';
import { presentedToken } from '../session-token.ts';
import { actorOf, denied, type Incoming } from './incoming.ts';
import { openApiKeys, openCacheReader, openReader, openShards } from './invocation.ts';
import type { Isolate } from './isolate.ts';

/**
 * At once where nothing has to be asked to know the caller.
 *
 * @throws ShardQLError if the caller is not known or not admitted.
 */
export function openScope(isolate: Isolate, incoming: Incoming): RequestScope | Promise<RequestScope> {
  const { request, env } = incoming;
  if (isolate.rateLimits !== null) return openLimited(isolate, incoming, isolate.rateLimits);
  const identity = isolate.authenticator.authenticate({ request, url: incoming, env, apiKeys: () => openApiKeys(env) });
  return identity instanceof Promise
    ? identity.then((known) => scopeOf(isolate, incoming, known))
    : scopeOf(isolate, incoming, identity);
}

async function openLimited(isolate: Isolate, incoming: Incoming, limits: RateLimits): Promise<RequestScope> {
  const { request, path, env } = incoming;
  const identity = await limits.authenticate(incoming, (beforeVerifying) =>
    isolate.authenticator.authenticate({
      request,
      url: incoming,
      env,
      apiKeys: () => openApiKeys(env),
      beforeVerifying,
    }),
  );
  const rateLimitHeaders = path === GRAPHQL_PATH || path === MCP_PATH ? await limits.take(incoming, identity) : {};
  return { ...(await scopeOf(isolate, incoming, identity)), rateLimitHeaders };
}

function scopeOf(isolate: Isolate, incoming: Incoming, identity: Identity): RequestScope | Promise<RequestScope> {
  incoming.identity = identity;
  const rights = isolate.rightsOf(identity.caller);
  const seen = presentedToken(incoming.request, isolate.sealer, !isOperator(identity.caller));
  return seen instanceof Promise
    ? seen.then((opened) => makeScope(isolate, incoming, identity, rights, opened))
    : makeScope(isolate, incoming, identity, rights, seen);
}

function makeScope(
  isolate: Isolate,
  incoming: Incoming,
  identity: Identity,
  { model, access }: RowScope,
  seen: SeenVersions,
): RequestScope {
  const { request, env, waitUntil, requestId, meter } = incoming;
  const { caller, principal } = identity;
  const { settings } = isolate;
  const isTraced = isOperator(caller) && request.headers.get(TRACE_HEADER) === '1';
  if (isTraced) {
    incoming.tracer ??= ownTracer(incoming.method);
    incoming.tracer.keepsSpans = true;
  }
  const { tracer } = incoming;
  tracer?.root.set({ 'shardql.role': caller.role });
  const tellsStatements = isTraced || tracer?.isSampled === true;
  const shards = openShards(isolate, { env, caller, requestId, waitUntil, meter, tracer, tellsStatements });
  shards.observeEpoch(seen.epoch);
  const reader = openReader(openCacheReader(isolate, env, shards, { waitUntil, meter, tracer }), seen, isTraced, meter);
  const idempotencyKey = () => request.headers.get(IDEMPOTENCY_HEADER);
  const { isDevelopment } = settings;
  const { showsSchema } = isolate;
  const [apiKeys, bookmarks] = [openApiKeys(env), new Bookmarks(env)];
  const fleet = new Fleet(shards, env.MONITOR);
  const keyPlacements = new KeyPlacements({ env, state: isolate.routerState, shards });
  const audit = new AuditTrail({
    env,
    actorOf: () => actorOf(incoming, identity),
    requestId,
    recorded: isolate.audited,
  });
  return {
    requestId,
    model,
    caller,
    principal,
    idempotencyKey,
    access,
    shards,
    apiKeys,
    fleet,
    bookmarks,
    keyPlacements,
    hasOwnScheme: isolate.hasOwnScheme,
    deny: (code) => denied(isolate, incoming, code),
    audit,
    operatorAudit: isOperator(caller) ? audit : null,
    reader,
    isDevelopment,
    showsSchema,
    hints: callerHints(isolate.model, identity),
    isTraced,
    meter,
    tracer,
    sealer: isOperator(caller) ? null : isolate.sealer,
  };
}

/** For an answer that shows what the request did, though its trace is sent nowhere. */
const ownTracer = (method: string): Tracer =>
  new Tracer({ now: Date.now, name: method, kind: 'SERVER', context: null, isSampled: false });
