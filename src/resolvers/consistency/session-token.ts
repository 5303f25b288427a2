import { textToVersion, type Version, versionToText } from '../../shards/version.ts';
import { badUserInput } from '../bad-user-input.ts';

/** Longer texts are no token. */
const MAX_TOKEN_CHARACTERS = 64;

/**
 * A session token is the version up to which the session has seen or written. It is not signed: a forged one can only
 * ask for fresher answers, and tells nothing.
 */
export const encodeSessionToken = (version: Version): string => versionToText(version);

/**
 * The version of a token from a client. It may lie in the future: a shard whose clock was ahead goes on from there, and what
 * no entry holds the shard answers.
 *
 * @throws ShardQLError BAD_USER_INPUT for what no answer can have carried.
 */
export function decodeSessionToken(token: string): Version {
  const version = token.length <= MAX_TOKEN_CHARACTERS ? textToVersion(token) : null;
  if (version === null) {
    throw badUserInput('Expected x-shardql-token to be the token of an earlier answer, but got another text.');
  }
  return version;
}
