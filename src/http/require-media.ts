import { HttpError } from './http-error.ts';
import { isUtf8, parseMediaType } from './media-type.ts';

/**
 * Throws unless a POST says that its body is JSON in UTF-8. Forms and plain text are content types that a page of another
 * origin may send without the browser asking first.
 */
export function requireJsonBody(request: Request): void {
  if (request.method !== 'POST') return;
  const got = request.headers.get('content-type');
  if (got === null || (got !== 'application/json' && parseMediaType(got)?.name !== 'application/json')) {
    throw unsupported(`Expected the content type application/json, but got ${got === null ? 'none' : `"${got}"`}.`);
  }
  requireUtf8Body(request);
}

/** Throws if the headers say that the body is compressed, or in another charset than UTF-8. */
export function requireUtf8Body({ headers }: Request): void {
  const encoding = headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw unsupported(`Expected a body without content encoding, but got "${encoding}".`);
  }
  const contentType = headers.get('content-type');
  // Nearly all requests end here.
  if (contentType === null || contentType === 'application/json') return;
  const charset = parseMediaType(contentType)?.charset ?? null;
  if (isUtf8(charset)) return;
  throw unsupported(
    `Expected a body in UTF-8, but got the charset ${JSON.stringify(charset)}. Send the body in UTF-8.`,
  );
}

const unsupported = (message: string): HttpError => new HttpError(415, 'BAD_USER_INPUT', message);
