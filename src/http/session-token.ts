/** The header `x-shardql-token`: what a session has seen, from one request to the next. */
import { decodeSessionToken, encodeSessionToken } from '../resolvers/consistency/session-token.ts';
import { ShardQLError } from '../shards/errors.ts';
import { NOTHING_SEEN, type SeenVersions } from '../shards/seen-versions.ts';
import { TOKEN_HEADER } from './core/headers.ts';
import { HttpError } from './core/http-error.ts';
import type { RequestScope } from './request-scope.ts';
import { allUntilNow, type TokenSealer } from './token-sealer.ts';

/**
 * What the session of a request has seen. Callers with rules get sealed tokens alone, so one of theirs that is not is made up, or an
 * operator's: it could ask which commits a shard has had, whose rows they may not see. It says nothing then.
 *
 * @throws HttpError for a header that holds no token.
 */
export function presentedToken(
  { headers }: Request,
  sealer: TokenSealer,
  hasRules: boolean,
): SeenVersions | Promise<SeenVersions> {
  const token = headers.get(TOKEN_HEADER);
  if (token === null) return NOTHING_SEEN;
  if (sealer.isSealed(token)) return sealer.open(token);
  const seen = seenBy(token);
  return hasRules ? allUntilNow() : seen;
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
export const sessionToken = ({
  reader,
  sealer,
}: Pick<RequestScope, 'reader' | 'sealer'>): string | Promise<string> | null =>
  reader.token((seen) => (sealer ? sealer.seal(seen) : encodeSessionToken(seen)));

/** Lets the client's next request see what this one has seen and written. Null: the session has seen nothing. */
export function addToken(response: Response, token: string | null): void {
  if (token !== null) response.headers.set(TOKEN_HEADER, token);
}
