import { isLoopbackOrigin } from './loopback.ts';
import { misconfigured } from './misconfigured.ts';

/** Which pages of other origins may call the API from browsers. */
export interface CorsOptions {
  /**
   * Such as `https://app.example.com`, or `https://*.example.com` for all subdomains (at any depth, not the domain itself). `*`: every
   * page of the web, without cookies.
   */
  readonly origins: readonly string[];
  /** Browsers send cookies, for a scheme of your own that reads some. Not together with `*`. Default false. */
  readonly credentials?: boolean;
  /** How long browsers remember what a preflight was answered, in seconds, 0 to 86,400. Default 3,600. */
  readonly maxAgeSeconds?: number;
}

interface CorsSettings {
  /** Request headers that pages may send. */
  readonly allowedHeaders: readonly string[];
  /** Response headers that pages may read. */
  readonly exposedHeaders: readonly string[];
  /** Pages served by this machine are let in as well. */
  readonly allowsLoopback: boolean;
}

const DEFAULT_MAX_AGE_SECONDS = 3_600;
const MAX_AGE_SECONDS = 86_400;
const METHODS = 'GET, POST';

/** Answers browsers about pages of other origins. Closed by default: then browsers let no such page read an answer. */
export class Cors {
  readonly #isAllowed: (origin: string) => boolean;
  readonly #isOpen: boolean;
  readonly #credentials: boolean;
  readonly #maxAgeSeconds: number;
  readonly #allowedHeaders: string;
  readonly #exposedHeaders: string;

  /** @throws ShardQLError that names the option that is wrong. */
  constructor(options: CorsOptions | undefined, { allowedHeaders, exposedHeaders, allowsLoopback }: CorsSettings) {
    const { origins, credentials = false, maxAgeSeconds = DEFAULT_MAX_AGE_SECONDS } = options ?? { origins: [] };
    if (!Array.isArray(origins)) throw misconfigured(`Expected cors.origins to be a list, but got ${typeof origins}.`);
    this.#isOpen = origins.includes('*');
    if (this.#isOpen && credentials) {
      throw misconfigured(
        'Expected cors.credentials with origins that are named, but got "*": every page could act as your users.',
      );
    }
    if (!(maxAgeSeconds >= 0 && maxAgeSeconds <= MAX_AGE_SECONDS)) {
      throw misconfigured(`Expected cors.maxAgeSeconds to be 0 to ${MAX_AGE_SECONDS}, but got ${maxAgeSeconds}.`);
    }
    const rules = origins.filter((origin) => origin !== '*').map(toRule);
    this.#isAllowed = (origin) => rules.some((rule) => rule(origin)) || (allowsLoopback && isLoopbackOrigin(origin));
    this.#credentials = credentials;
    this.#maxAgeSeconds = maxAgeSeconds;
    this.#allowedHeaders = allowedHeaders.join(', ');
    this.#exposedHeaders = exposedHeaders.join(', ');
  }

  /** What browsers ask before they send a request of a page of another origin; null: it is no such question. */
  preflight({ method, request }: { readonly method: string; readonly request: Request }): Response | null {
    if (method !== 'OPTIONS') return null;
    const { headers } = request;
    if (!headers.has('origin') || !headers.has('access-control-request-method')) {
      return null;
    }
    const response = new Response(null, { status: 204 });
    if (this.addHeaders(response.headers, request)) {
      response.headers.set('access-control-allow-methods', METHODS);
      response.headers.set('access-control-allow-headers', this.#allowedHeaders);
      response.headers.set('access-control-max-age', String(this.#maxAgeSeconds));
    }
    return response;
  }

  /** Whether pages of the origin may call the API. */
  allows(origin: string): boolean {
    return this.#isOpen || this.#isAllowed(origin);
  }

  /** Lets the page that sent the request read the answer, if it may. */
  addHeaders(headers: Headers, request: Request): boolean {
    const origin = request.headers.get('origin');
    if (origin === null || !this.allows(origin)) return false;
    headers.set('access-control-allow-origin', this.#isOpen && !this.#isAllowed(origin) ? '*' : origin);
    if (this.#credentials) headers.set('access-control-allow-credentials', 'true');
    headers.set('access-control-expose-headers', this.#exposedHeaders);
    return true;
  }
}

/** Origins are compared as browsers write them: scheme, host, and port unless it is the scheme's own. */
function toRule(given: string): (origin: string) => boolean {
  const [, scheme, parent] = /^(https?):\/\/\*\.(.+)$/.exec(given) ?? [];
  const named = parent === undefined ? given : `${scheme}://${parent}`;
  if (named.includes('*') || !isOrigin(named)) {
    throw misconfigured(
      `Expected cors.origins to be such as "https://app.example.com" or "https://*.example.com", but got ${JSON.stringify(given)}.`,
    );
  }
  if (parent === undefined) return (origin) => origin === given;
  return (origin) => origin.startsWith(`${scheme}://`) && origin.endsWith(`.${parent}`) && isOrigin(origin);
}

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;
