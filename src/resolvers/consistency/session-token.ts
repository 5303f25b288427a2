import { badUserInput } from '../../plans/bad-user-input.ts';
import { decodeToken, encodeToken, type TokenPart } from '../../plans/tokens/token.ts';
import { isCount, MAX_SEEN_SHARDS, type SeenVersions } from '../../shards/seen-versions.ts';

/** Longer texts are no token: it lists a bounded number of shards. */
const MAX_TOKEN_CHARACTERS = 4_096;

/**
 * A session token holds what the session has written and been shown, shard by shard. It is not signed: a forged one can
 * only ask for fresher answers, and reveals nothing.
 */
export const encodeSessionToken = (seen: SeenVersions): string => encodeToken(partsOf(seen));

/** What a token holds, as a text that is no token: it is to be sealed. */
export const seenText = (seen: SeenVersions): string => JSON.stringify(partsOf(seen));

/**
 * What such a text holds; white space around it does not matter.
 *
 * @throws Error for another text.
 */
export function readSeen(text: string): SeenVersions {
  const payload: unknown = JSON.parse(text);
  const seen = Array.isArray(payload) ? toSeen(payload) : null;
  if (seen !== null) return seen;
  throw new Error('Expected the text of what a session has seen, but got another.');
}

const partsOf = ({ epoch, rest, versionByShard }: SeenVersions): TokenPart[] => [
  epoch,
  rest,
  ...[...versionByShard].flat(),
];

/**
 * What a token from a client holds. Versions may lie in the future: a shard whose clock was ahead goes on from there, and
 * what no entry holds the shard answers.
 *
 * @throws ShardQLError BAD_USER_INPUT for what no answer can have carried.
 */
export function decodeSessionToken(token: string): SeenVersions {
  const seen = token.length <= MAX_TOKEN_CHARACTERS ? toSeen(decodeToken(token)) : null;
  if (seen !== null) return seen;
  throw badUserInput(
    'Expected x-shardql-token to be the token of an earlier answer, but got another text. Send the token as it was received, or none.',
  );
}

function toSeen(payload: readonly unknown[] | undefined): SeenVersions | null {
  if (payload === undefined || payload.length % 2 !== 0 || payload.length > 2 * (MAX_SEEN_SHARDS + 1)) return null;
  const [epoch, rest, ...flat] = payload;
  if (!isCount(epoch) || !isCount(rest)) return null;
  const versionByShard = new Map<string, number>();
  for (let at = 0; at < flat.length; at += 2) {
    const [shard, version] = flat.slice(at, at + 2);
    if (typeof shard !== 'string' || !isCount(version)) return null;
    versionByShard.set(shard, version);
  }
  return { epoch, rest, versionByShard };
}
