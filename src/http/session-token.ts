/** The header `x-shardql-token`: what a session has seen, from one request to the next. */
import type { RequestReader } from '../resolvers/consistency/request-reader.ts';
import { decodeSessionToken } from '../resolvers/consistency/session-token.ts';
import { ShardQLError } from '../shards/errors.ts';
import { NOTHING_SEEN, type SeenVersions } from '../shards/seen-versions.ts';
import { TOKEN_HEADER } from './core/headers.ts';
import { HttpError } from './core/http-error.ts';
import type { RequestScope } from './request-scope.ts';
import type { TokenSealer } from './token-sealer.ts';

/**
 * What the session of a request has seen.
 *
 * @throws HttpError for a header that holds no token.
 */
export function presentedToken({ headers }: Request, sealer: TokenSealer): SeenVersions | Promise<SeenVersions> {
  const token = headers.get(TOKEN_HEADER);
  if (token === null) return NOTHING_SEEN;
  return sealer.isSealed(token) ? sealer.open(token).then(seenBy) : seenBy(token);
}

function seenBy(token: string): SeenVersions {
  try {
    return decodeSessionToken(token);
  } catch (error) {
    if (error instanceof ShardQLError) throw new HttpError(400, error.code, error.message);
    throw error;
  }
}

/**
 * The token for the session's next request; null: the session has seen nothing. Callers with rules get it sealed: versions tell
 * of commits whose rows they may not see.
 */
export function sessionToken({
  reader,
  sealer,
}: Pick<RequestScope, 'reader' | 'sealer'>): string | null | Promise<string> {
  const { token } = reader;
  if (token === null || !sealer) return token;
  const known = sealedByReader.get(reader);
  if (known?.token === token) return known.sealed;
  const sealed = sealer.seal(token);
  sealedByReader.set(reader, { token, sealed });
  return sealed;
}

/** An answer has its token in its body and in its headers. */
const sealedByReader = new WeakMap<RequestReader, { readonly token: string; readonly sealed: Promise<string> }>();

/** Lets the client's next request see what this one has seen and written. */
export async function withToken(response: Response, scope: RequestScope): Promise<Response> {
  const token = await sessionToken(scope);
  if (token !== null) response.headers.set(TOKEN_HEADER, token);
  return response;
}
