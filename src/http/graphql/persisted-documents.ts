import { GraphQLError } from 'graphql';
import { type Awaitable, whenThere } from '../../lib/awaitable.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { sha256, toHex } from '../../lib/hex.ts';
import { type ErrorCode, ShardQLError } from '../../shards/errors.ts';
import { MEMORY } from '../../shards/isolate-memory.ts';
import { HttpError } from '../core/http-error.ts';
import { misconfigured } from '../core/misconfigured.ts';
import type { GraphqlParams } from './params.ts';

/** Documents by id, in the form of Apollo's persisted query manifests: what `shardql persist` writes. */
export interface PersistedManifest {
  readonly operations: readonly { readonly id: string; readonly body: string }[];
}

/** Documents that clients name instead of sending them. */
export interface PersistedOptions {
  /** Default: none. */
  readonly manifest?: PersistedManifest;
  /**
   * Other documents are refused with `PERSISTED_QUERY_ONLY`, except on your own machine. Default false.
   */
  readonly only?: boolean;
  /** Clients may register documents by their hash, as Apollo's and urql's do (APQ). Default true. */
  readonly automatic?: boolean;
}

const NOT_FOUND: ErrorCode = 'PERSISTED_QUERY_NOT_FOUND';

/**
 * Documents that have an id: those of the manifest; and automatic persisted queries, as Apollo and urql send them: a client that
 * names a SHA-256 that is not known sends both, and the isolate keeps the text, so each learns it once. What is known is
 * either all that clients may ask (`only`), or what saves bytes.
 */
export class PersistedDocuments {
  readonly #textById: ReadonlyMap<string, string>;
  /** Null: any other document may be sent, too. */
  readonly #only: ReadonlySet<string> | null;
  readonly #isAutomatic: boolean;
  readonly #persisted: ReadonlySet<string>;
  /** By their hash, because clients sent them. */
  readonly #learned = new BoundedMap<string, string>(MEMORY['registered-documents']);

  /** @throws ShardQLError for a manifest that is none. */
  constructor(options: PersistedOptions | undefined, isDevelopment: boolean) {
    const { manifest, only = false, automatic = true } = options ?? {};
    const operations = manifest !== undefined || only ? operationsOf(manifest) : [];
    this.#textById = new Map(operations.map(({ id, body }) => [id, body]));
    this.#persisted = new Set(this.#textById.values());
    this.#only = only && !isDevelopment ? this.#persisted : null;
    this.#isAutomatic = automatic && this.#only === null;
  }

  /**
   * The text of the document that a request names or sends.
   *
   * @throws ShardQLError BAD_USER_INPUT for an id of another form, or a hash of another text.
   * @throws HttpError PERSISTED_QUERY_ONLY for a document that is not in the manifest, where only those are allowed.
   * @throws GraphQLError PERSISTED_QUERY_NOT_FOUND, on which clients send the text.
   */
  textOf(params: Pick<GraphqlParams, 'query' | 'documentId' | 'extensions'>): Awaitable<string> {
    const { query, documentId, extensions } = params;
    const asked = extensions?.persistedQuery;
    // Null and the like: clients that could persist, and do not.
    const text =
      documentId !== null
        ? this.#named(documentId)
        : typeof asked === 'object' && asked !== null
          ? this.#textOfHash(asked, query)
          : (query ?? refused(asked));
    return whenThere(text, (known) => this.#allowed(known));
  }

  #allowed(text: string): string {
    if (this.#only === null || this.#only.has(text)) return text;
    throw new HttpError(
      403,
      'PERSISTED_QUERY_ONLY',
      'Expected a document of the manifest of persisted operations, but got another; add it with: npm run shardql -- persist',
    );
  }

  /** Whether the manifest has the text: how others may be cached, nobody can plan. */
  has(text: string): boolean {
    return this.#persisted.has(text);
  }

  #named(id: string): string {
    const text = this.#textById.get(id.startsWith(SHA256) ? id.slice(SHA256.length) : id);
    if (text === undefined) throw notFound();
    return text;
  }

  async #textOfHash(asked: object, query: string | null): Promise<string> {
    const hash = hashOf(asked);
    const known = this.#textById.get(hash) ?? this.#learned.use(hash);
    if (query === null) {
      if (known === undefined) throw notFound();
      return known;
    }
    if (known === query) return query;
    if (toHex(await sha256(query)) !== hash) throw badHash('the sha256Hash of the query', 'that of another text');
    if (known === undefined && this.#isAutomatic) this.#learned.set(hash, query, 2 * (hash.length + query.length));
    return query;
  }
}

function refused(asked: unknown): never {
  throw badHash('an object with version and sha256Hash', JSON.stringify(asked));
}

/** Before ids that are a document's hash, in the appendix on persisted documents of GraphQL over HTTP. */
const SHA256 = 'sha256:';

function operationsOf(manifest: PersistedManifest | undefined): PersistedManifest['operations'] {
  const operations: unknown = (manifest as Partial<PersistedManifest> | null | undefined)?.operations;
  const isSound =
    Array.isArray(operations) &&
    operations.every((each) => typeof each?.id === 'string' && typeof each.body === 'string');
  if (isSound) return operations;
  throw misconfigured(
    'Expected persisted.manifest to have operations with id and body, as "npm run shardql -- persist" writes them, but got another value.',
  );
}

function hashOf(asked: object): string {
  const { version, sha256Hash } = asked as { readonly version?: unknown; readonly sha256Hash?: unknown };
  if (version !== 1) throw badHash('version 1', JSON.stringify(version) ?? 'none');
  if (typeof sha256Hash === 'string' && /^[0-9a-f]{64}$/i.test(sha256Hash)) return sha256Hash.toLowerCase();
  throw badHash('sha256Hash to be 64 hexadecimal digits', 'another value');
}

/** Older clients look at the message, not at the code. */
const notFound = () => new GraphQLError('PersistedQueryNotFound', { extensions: { code: NOT_FOUND } });

const badHash = (expected: string, got: string): ShardQLError =>
  new ShardQLError('BAD_USER_INPUT', `Expected ${expected} in extensions.persistedQuery, but got ${got}.`);
