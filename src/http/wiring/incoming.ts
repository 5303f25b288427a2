import type { Actor } from '../../events/actor.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import type { ErrorCode } from '../../shards/errors.ts';
import type { Identity } from '../authentication/identity.ts';
import { clientAddress } from '../core/client-address.ts';
import { GRAPHQL_PATH } from '../core/paths.ts';
import type { Env } from '../env.ts';
import type { RequestMeter } from '../monitoring/request-meter.ts';
import type { RequestScope } from '../request-scope.ts';
import type { Isolate } from './isolate.ts';

/** A request, and what it came with. What the runtime makes outside of JavaScript is made once, and its URL where it is asked for. */
export class Incoming {
  readonly request: Request;
  readonly env: Env;
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly requestId: string = crypto.randomUUID();
  readonly method: string;
  /** Of its URL, as URLs write it. */
  readonly path: string;
  readonly hostname: string;
  /** It came by https. */
  readonly isSecure: boolean;
  /** Who sends it, once that is known. */
  identity: Identity | undefined;
  /** Measures it, unless its path is not measured. */
  meter: RequestMeter | undefined;
  /** Once its caller is known. */
  scope: RequestScope | undefined;
  /** Undefined: nobody wants to know how it went. */
  tracer: Tracer | undefined;
  readonly #text: string;
  #url: URL | undefined;

  constructor(request: Request, env: Env, waitUntil: (work: Promise<unknown>) => void) {
    this.request = request;
    this.env = env;
    this.waitUntil = waitUntil;
    this.method = request.method;
    this.#text = request.url;
    this.isSecure = this.#text.startsWith('https:');
    const hostname = hostOfEndpoint(this.#text);
    this.path = hostname === null ? this.url.pathname : GRAPHQL_PATH;
    this.hostname = hostname ?? this.url.hostname;
  }

  get url(): URL {
    this.#url ??= new URL(this.#text);
    return this.#url;
  }
}

/** Names by which this Worker is called, about. */
const MAX_ORIGINS = 16;

/** Host names by what stands before the path of a URL; null: that is more than an origin. */
const hostnames = new BoundedMap<string, string | null>(MAX_ORIGINS);

/** The host name of a URL of the endpoint, without a parse of the URL. Null for all others, and for those that say the same in other words. */
function hostOfEndpoint(url: string): string | null {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = start + GRAPHQL_PATH.length;
  if (!url.startsWith(GRAPHQL_PATH, start) || (url.length > end && url[end] !== '?')) return null;
  const origin = url.slice(0, start);
  let hostname = hostnames.get(origin);
  if (hostname === undefined) {
    const parsed = new URL(origin + GRAPHQL_PATH);
    hostname = parsed.href === origin + GRAPHQL_PATH ? parsed.hostname : null;
    hostnames.set(origin, hostname);
  }
  return hostname;
}

export const actorOf = ({ request }: Incoming, { caller, principal }: Identity): Actor => ({
  role: caller.role,
  ...principal,
  address: clientAddress(request),
});

/** Counts a failure, if it is a denial. */
export function denied({ denials }: Isolate, incoming: Incoming, code: ErrorCode): void {
  const { request, path, requestId, identity } = incoming;
  const actor = identity === undefined ? null : actorOf(incoming, identity);
  const traceId = incoming.tracer?.sharedTraceId;
  denials.record(code, { actor, address: clientAddress(request), path, requestId, traceId });
}
