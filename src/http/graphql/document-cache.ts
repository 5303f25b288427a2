import {
  type DocumentNode,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { MEMOS } from '../../events/memo-counts.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { asOfConsistencyRule } from '../../plans/selection/as-of-directive.ts';
import { idempotentPlacementRule } from '../../resolvers/idempotency/idempotent-directive.ts';
import { MEMORY } from '../../shards/isolate-memory.ts';
import { requireExecutable, requireParsable } from './document-limits.ts';
import type { RequestLimits } from './request-limits.ts';

/** What a parsed document takes for each character of its text, about. */
const BYTES_PER_CHARACTER = 50;

/** What one isolate remembers about documents: Yoga's caches, within bounds of memory, and which documents are valid. */
export class DocumentCache {
  readonly #schema: GraphQLSchema;
  readonly #limits: RequestLimits;
  /** What documents are held to besides the specification. */
  readonly #ownRules: readonly ValidationRule[];
  readonly #parsed = new BoundedMap<string, DocumentNode>(MEMORY.documents);
  readonly #errors = new BoundedMap<string, Error>(MEMORY.documents);
  readonly #valid = new WeakSet<DocumentNode>();
  readonly #aliases = new WeakMap<DocumentNode, number>();

  /** Yoga's option `parserAndValidationCache`. */
  readonly yogaCaches = { documentCache: cacheOf(this.#parsed), errorCache: cacheOf(this.#errors) };

  /** @param showsSchema false: documents that ask for the schema are not valid. */
  constructor(schema: GraphQLSchema, limits: RequestLimits, showsSchema = true) {
    this.#schema = schema;
    this.#limits = limits;
    this.#ownRules = [
      idempotentPlacementRule,
      asOfConsistencyRule,
      ...(showsSchema ? [] : [NoSchemaIntrospectionCustomRule]),
    ];
  }

  /** Holds documents to our own rules too, and remembers those that pass all of Yoga's validation. */
  usePlugin(): Plugin {
    return {
      onValidate: ({ params: { documentAST }, addValidationRule }) => {
        for (const rule of this.#ownRules) addValidationRule(rule);
        return ({ valid }) => {
          if (valid) this.#valid.add(documentAST);
        };
      },
    };
  }

  /**
   * The document of a text, valid or not; null for a text that cannot be parsed: Yoga reports its error.
   *
   * @throws GraphQLError TOKEN_, DEPTH_ or COST_LIMIT_EXCEEDED for one that is too much to be looked at.
   */
  documentOf(text: string): DocumentNode | null {
    const known = this.#parsed.use(text);
    if (known) {
      MEMOS.documents.hit();
      return known;
    }
    MEMOS.documents.missed();
    if (this.#errors.use(text)) return null;
    requireParsable(text, this.#limits);
    const document = parsed(text);
    if (document === null) return null;
    this.#aliases.set(document, requireExecutable(document, this.#limits));
    this.#parsed.set(text, document, BYTES_PER_CHARACTER * text.length);
    if (validate(this.#schema, document, [...specifiedRules, ...this.#ownRules]).length === 0)
      this.#valid.add(document);
    return document;
  }

  /** How many aliases are in the operation of the document that has most. */
  aliasesOf(document: DocumentNode): number {
    return this.#aliases.get(document) ?? 0;
  }

  /** True if Yoga would run the document without any complaint. */
  isValid(document: DocumentNode): boolean {
    return this.#valid.has(document);
  }
}

function parsed(text: string): DocumentNode | null {
  try {
    return parse(text);
  } catch {
    return null;
  }
}

const cacheOf = <Value>(map: BoundedMap<string, Value>) => ({
  get: (text: string) => map.use(text),
  set: (text: string, value: Value) => map.set(text, value, BYTES_PER_CHARACTER * text.length),
});
