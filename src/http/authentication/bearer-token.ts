import { ShardQLError } from '../../shards/errors.ts';

/** Longer tokens are refused before they cost a hash or a signature check. Tokens with many claims have about 2,000. */
const MAX_TOKEN_LENGTH = 8_192;

/**
 * The token of the header `Authorization: Bearer …`.
 *
 * @throws ShardQLError UNAUTHENTICATED for another scheme, and for a token that is too long.
 */
export function bearerToken(header: string): string {
  const [, token] = /^bearer +(\S+) *$/i.exec(header) ?? [];
  if (token === undefined || !isBearerToken(token)) throw refused('Authorization: Bearer <token>', 'another form');
  if (token.length > MAX_TOKEN_LENGTH)
    throw refused(`a token of at most ${MAX_TOKEN_LENGTH} characters`, 'a longer one');
  return token;
}

/** Whether a text has the characters of a token (RFC 6750, 2.1). */
export const isBearerToken = (text: string): boolean => /^[A-Za-z0-9._~+/=-]+$/.test(text);

const refused = (expected: string, got: string) =>
  new ShardQLError('UNAUTHENTICATED', `Expected ${expected}, but got ${got}.`);
