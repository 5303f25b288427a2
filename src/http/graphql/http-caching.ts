/**
 * What HTTP caches may do with answers to GETs of persisted documents. All other answers are not stored: their documents are as
 * many as clients like, and most of them come once.
 */
import { sha256, toHex } from '../../lib/hex.ts';
import { dataText, type OperationResult } from '../../resolvers/text/written-data.ts';
import { ANONYMOUS } from '../../shards/protocol/envelope.ts';
import type { RequestScope } from '../request-scope.ts';
import type { AnswerForm } from './answer-form.ts';

type CachedScope = Pick<RequestScope, 'caller' | 'principal' | 'reader' | 'isTraced' | 'hasOwnScheme'>;

/** Caches count in whole seconds, each of them up to one too few. */
const ROUNDING_SECONDS = 1;
/** 128 bits of a hash. */
const TAG_CHARACTERS = 32;

/**
 * The response to a GET of a persisted document, with what caches may do with it; 304 where the client has it.
 *
 * @param result what the response shows.
 */
export async function withCaching(
  request: Request,
  response: Response,
  result: OperationResult,
  { type }: AnswerForm,
  scope: CachedScope,
): Promise<Response> {
  // Traces are of one request. Errors may be gone a moment later.
  if (result.errors !== undefined || result.data == null || scope.isTraced) return response;
  const etag = await tagOf(type, dataText(result));
  response.headers.set('etag', etag);
  response.headers.set('cache-control', cacheControl(scope));
  // A scheme of one's own may go by cookies.
  if (scope.hasOwnScheme) response.headers.append('vary', 'Cookie');
  if (!names(request.headers.get('if-none-match'), etag)) return response;
  response.headers.delete('content-type');
  response.headers.delete('content-encoding');
  return new Response(null, { status: 304, headers: response.headers });
}

/**
 * As long as the document allows, whatever was read. What has to be of the moment may be stored, and has to be
 * asked for each time: an unchanged one costs no bytes.
 */
function cacheControl(scope: CachedScope): string {
  const seconds = Math.floor(scope.reader.httpCachesMs / 1_000) - ROUNDING_SECONDS;
  return `${isForAll(scope) ? 'public' : 'private'}, ${seconds > 0 ? `max-age=${seconds}` : 'no-cache'}`;
}

/** Everybody without a credential gets the same; what a scheme of one's own looks at, no cache knows. */
const isForAll = ({ caller, principal, hasOwnScheme }: CachedScope): boolean =>
  principal.by === 'none' && caller.role === ANONYMOUS.role && !hasOwnScheme;

/**
 * Of the data alone. The extensions say when and by whom it was read, which differs from request to request: so the tag is weak, and
 * means that the data is the same.
 */
const tagOf = async (type: string, data: string): Promise<string> =>
  `W/"${toHex(await sha256(`${type}\n${data}`)).slice(0, TAG_CHARACTERS)}"`;

/** By RFC 9110, 13.1.2: whatever the strength of the tags. */
function names(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim());
  return tags.some((tag) => tag === '*' || (tag.startsWith('W/') ? tag : `W/${tag}`) === etag);
}
