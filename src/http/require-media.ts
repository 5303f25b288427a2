import { HttpError } from './http-error.ts';

const ANSWER_TYPES = /(^|[,\s])(application\/(graphql-response\+json|json|\*)|\*\/\*)\s*(;|,|$)/i;

/** The parameter of a content type, as it is written; a quoted one with its quotes. */
const CHARSET = /;\s*charset\s*=\s*("[^"]*"|[^;,]*)/i;
const UTF_8 = /^"?\s*utf-?8\s*"?$/i;

/**
 * Throws unless the body says that it is JSON. Yoga would take forms and plain GraphQL text as well: content types that
 * a page of another origin may send without the browser asking first.
 */
export function requireJsonBody(request: Request): void {
  if (request.method !== 'POST') return;
  const got = request.headers.get('content-type');
  if (got === null || !/^application\/json\s*(;|$)/i.test(got)) {
    const message = `Expected the content type application/json, but got ${got === null ? 'none' : `"${got}"`}.`;
    throw new HttpError(415, 'BAD_USER_INPUT', message);
  }
  requireUtf8Body(request);
}

/** Throws if the headers say that the body is compressed, or in another charset than UTF-8. */
export function requireUtf8Body(request: Request): void {
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw new HttpError(415, 'BAD_USER_INPUT', `Expected a body without content encoding, but got "${encoding}".`);
  }
  const contentType = request.headers.get('content-type');
  // Nearly all requests end here.
  if (contentType === null || contentType === 'application/json') return;
  const charset = CHARSET.exec(contentType)?.[1]?.trim();
  if (charset === undefined || UTF_8.test(charset)) return;
  const message = `Expected a body in UTF-8, but got the charset ${JSON.stringify(charset)}. Send the body in UTF-8.`;
  throw new HttpError(400, 'BAD_USER_INPUT', message);
}

/** Throws if the client accepts none of the two media types of GraphQL answers. */
export function requireAcceptable(request: Request): void {
  const accept = request.headers.get('accept');
  if (accept === null || accept === '' || ANSWER_TYPES.test(accept)) return;
  const message = `Expected to be allowed application/graphql-response+json or application/json, but got "${accept}".`;
  throw new HttpError(406, 'BAD_USER_INPUT', message);
}
