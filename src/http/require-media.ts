import { HttpError } from './http-error.ts';

const ANSWER_TYPES = /(^|[,\s])(application\/(graphql-response\+json|json|\*)|\*\/\*)\s*(;|,|$)/i;

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
  const encoding = request.headers.get('content-encoding');
  if (encoding === null || encoding.toLowerCase() === 'identity') return;
  throw new HttpError(415, 'BAD_USER_INPUT', `Expected a body without content encoding, but got "${encoding}".`);
}

/** Throws if the client accepts none of the two media types of GraphQL answers. */
export function requireAcceptable(request: Request): void {
  const accept = request.headers.get('accept');
  if (accept === null || accept === '' || ANSWER_TYPES.test(accept)) return;
  const message = `Expected to be allowed application/graphql-response+json or application/json, but got "${accept}".`;
  throw new HttpError(406, 'BAD_USER_INPUT', message);
}
