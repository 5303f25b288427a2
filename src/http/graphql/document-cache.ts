import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, specifiedRules, validate } from 'graphql';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { idempotentPlacementRule } from '../../resolvers/idempotency/idempotent-directive.ts';
import { withHints } from '../../schema/misplaced-selections.ts';
import type { ErrorCode } from '../../shards/errors.ts';
import { requireExecutable, requireParsable } from './document-nesting.ts';

/** Total length of the texts of documents kept: parsed, they take some fifty times as much memory. */
const MAX_DOCUMENT_CHARACTERS = 500_000;

const RULES = [...specifiedRules, idempotentPlacementRule];

const INVALID: ErrorCode = 'GRAPHQL_VALIDATION_FAILED';

/** What a text says as a GraphQL document. */
export interface ReadDocument {
  /** Null: the text cannot be parsed. */
  readonly document: DocumentNode | null;
  /** What is wrong with it; none: it may be executed. */
  readonly errors: readonly GraphQLError[];
}

/** Parses and validates each document once, and remembers those that were used last. */
export class DocumentCache {
  readonly #schema: GraphQLSchema;
  readonly #documents = new BoundedMap<string, ReadDocument>(MAX_DOCUMENT_CHARACTERS);

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** @throws GraphQLError DEPTH_LIMIT_EXCEEDED for one that is nested too deep to be looked at. */
  read(text: string): ReadDocument {
    const known = this.#documents.use(text);
    if (known) return known;
    requireParsable(text);
    const read = this.#parse(text);
    this.#documents.set(text, read, text.length);
    return read;
  }

  #parse(text: string): ReadDocument {
    let document: DocumentNode;
    try {
      document = parse(text);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return { document: null, errors: [error] };
    }
    requireExecutable(document);
    const errors = withHints(this.#schema, document, validate(this.#schema, document, RULES));
    for (const { extensions } of errors) extensions.code ??= INVALID;
    return { document, errors };
  }
}
