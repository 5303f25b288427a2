import { decodeSessionToken } from '../resolvers/consistency/session-token.ts';
import { ShardQLError } from '../shards/errors.ts';
import { NOTHING_SEEN, type SeenVersions } from '../shards/seen-versions.ts';
import { TOKEN_HEADER } from './core/headers.ts';
import { HttpError } from './core/http-error.ts';
import type { RequestScope } from './request-scope.ts';

/**
 * What the session of a request has seen.
 *
 * @throws HttpError for a header that holds no token.
 */
export function presentedToken({ headers }: Request): SeenVersions {
  const token = headers.get(TOKEN_HEADER);
  if (token === null) return NOTHING_SEEN;
  try {
    return decodeSessionToken(token);
  } catch (error) {
    if (error instanceof ShardQLError) throw new HttpError(400, error.code, error.message);
    throw error;
  }
}

/** Lets the client's next request see what this one has seen and written. */
export function withToken(response: Response, { reader: { token } }: RequestScope): Response {
  if (token !== null) response.headers.set(TOKEN_HEADER, token);
  return response;
}
