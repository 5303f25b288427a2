import { textToVersion, type Version, versionAt, versionToText } from '../../shards/version.ts';
import { badUserInput } from '../bad-user-input.ts';

/** Longer texts are no token. */
const MAX_TOKEN_CHARACTERS = 64;

/**
 * A session token is the version up to which the session has seen or written. It is not signed: a forged one can only
 * ask for fresher answers, and tells nothing.
 */
export const encodeSessionToken = (version: Version): string => versionToText(version);

/**
 * The version of a token from a client.
 *
 * @param uncertaintyMs how far two clocks may differ; no version can have been given out that is further in the future
 * than twice that.
 * @throws ShardQLError BAD_USER_INPUT for what no answer can have carried.
 */
export function decodeSessionToken(token: string, nowMs: number, uncertaintyMs: number): Version {
  const version = token.length <= MAX_TOKEN_CHARACTERS ? textToVersion(token) : null;
  if (version === null) {
    throw badUserInput('Expected x-shardql-token to be the token of an earlier answer, but got another text.');
  }
  if (version > versionAt(nowMs + 2 * uncertaintyMs)) {
    throw badUserInput(
      'Expected x-shardql-token to be the token of an earlier answer, but got one from the future. Send the token as it was received.',
    );
  }
  return version;
}
