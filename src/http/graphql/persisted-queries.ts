import { GraphQLError } from 'graphql';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { type ErrorCode, ShardQLError } from '../../shards/errors.ts';
import type { GraphqlParams } from './params.ts';

/** Total length of the texts that an isolate keeps by their hash. */
const MAX_CHARACTERS = 1_000_000;

const NOT_FOUND: ErrorCode = 'PERSISTED_QUERY_NOT_FOUND';

/**
 * Automatic persisted queries, as Apollo and urql send them: `extensions.persistedQuery` holds a SHA-256 in place of the
 * query; if it is unknown, the client sends both. Kept in the memory of an isolate, so each learns a query once.
 */
export class PersistedQueries {
  readonly #texts = new BoundedMap<string, string>(MAX_CHARACTERS);

  /**
   * The text of the query.
   *
   * @throws ShardQLError BAD_USER_INPUT for a hash of another form or of another text.
   * @throws GraphQLError PERSISTED_QUERY_NOT_FOUND, on which clients send the text.
   */
  async textOf({ query, extensions }: Pick<GraphqlParams, 'query' | 'extensions'>): Promise<string> {
    const asked = extensions?.persistedQuery;
    // Null and the like: clients that could persist, and do not.
    if (typeof asked !== 'object' || asked === null) {
      if (query !== null) return query;
      throw badHash('an object with version and sha256Hash', JSON.stringify(asked));
    }
    const { version, sha256Hash } = asked as { readonly version?: unknown; readonly sha256Hash?: unknown };
    if (version !== 1) throw badHash('version 1', JSON.stringify(version) ?? 'none');
    if (typeof sha256Hash !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256Hash)) {
      throw badHash('sha256Hash to be 64 hexadecimal digits', 'another value');
    }
    const hash = sha256Hash.toLowerCase();
    const known = this.#texts.use(hash);
    if (query === null) {
      // Older clients look at the message, not at the code.
      if (known === undefined) throw new GraphQLError('PersistedQueryNotFound', { extensions: { code: NOT_FOUND } });
      return known;
    }
    if (known === query) return query;
    if ((await sha256(query)) !== hash) throw badHash('the sha256Hash of the query', 'that of another text');
    if (known === undefined) this.#texts.set(hash, query, hash.length + query.length);
    return query;
  }
}

const badHash = (expected: string, got: string): ShardQLError =>
  new ShardQLError('BAD_USER_INPUT', `Expected ${expected} in extensions.persistedQuery, but got ${got}.`);

async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
