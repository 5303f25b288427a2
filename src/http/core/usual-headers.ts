/** Headers of all answers, unless they have their own. */
import { AS_HEADER, IDEMPOTENCY_HEADER, TOKEN_HEADER, TRACE_HEADER } from './headers.ts';

/** Answers depend on the caller, the session and the moment. Those of persisted documents say how (http-caching.ts), and files of pages do not. */
export const NOT_STORED = 'no-store';

/** Of the request's headers, those that change what `/graphql` answers. */
const VARY = [
  ...['Accept', 'Accept-Encoding', 'Authorization', 'Origin'],
  ...[IDEMPOTENCY_HEADER, TOKEN_HEADER, AS_HEADER, TRACE_HEADER],
].join(', ');

/** Answers are data: a browser that shows one as a page loads and runs nothing, and no page frames it. */
const NOTHING_LOADED = "default-src 'none'; frame-ancestors 'none'";

export function addUsualHeaders(headers: Headers, isEndpoint: boolean): void {
  headers.set('x-content-type-options', 'nosniff');
  if (!headers.has('cache-control')) headers.set('cache-control', NOT_STORED);
  // Pages have policies of their own.
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', NOTHING_LOADED);
  if (isEndpoint && !headers.get('vary')?.includes(VARY)) headers.append('vary', VARY);
}

const responses = new WeakSet<Response>();
const headersByType = new Map<string, Headers>();

/**
 * An answer of the endpoint, with the usual headers: they are copied from one object, since each one that is set from JavaScript costs several
 * times as much.
 */
export function endpointResponse(text: string, status: number, contentType: string): Response {
  let headers = headersByType.get(contentType);
  if (headers === undefined) {
    headers = new Headers({ 'content-type': contentType });
    addUsualHeaders(headers, true);
    headersByType.set(contentType, headers);
  }
  const response = new Response(text, { status, headers });
  responses.add(response);
  return response;
}

/** Whether it has them already. */
export const hasUsualHeaders = (response: Response): boolean => responses.has(response);
