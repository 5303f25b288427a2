import { type DocumentNode, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LruMap } from '../shards/lru-map.ts';
import { asksForExplain } from './explain.ts';

/** Total length of the texts of documents kept: parsed, they take some fifty times as much memory. */
const MAX_DOCUMENT_CHARACTERS = 500_000;
/** Total length of the texts of wrong documents whose error is kept. */
const MAX_ERROR_CHARACTERS = 100_000;

/** A request whose document is valid. */
export interface KnownRequest {
  readonly document: DocumentNode;
  readonly variableValues: { readonly [name: string]: unknown } | null | undefined;
  readonly operationName: string | null | undefined;
}

/** What one isolate remembers about documents: Yoga's caches, bounded by length, and which documents are valid. */
export class KnownDocuments {
  readonly #parsed = new LruMap<DocumentNode>(MAX_DOCUMENT_CHARACTERS);
  readonly #errors = new LruMap<Error>(MAX_ERROR_CHARACTERS);
  readonly #valid = new WeakSet<DocumentNode>();

  /** Yoga's option `parserAndValidationCache`. */
  readonly yogaCaches = { documentCache: cacheOf(this.#parsed), errorCache: cacheOf(this.#errors) };

  /** Notes the documents that pass all of Yoga's validation. */
  usePlugin(): Plugin {
    return {
      onValidate: ({ params: { documentAST } }) => {
        return ({ valid }) => {
          if (valid) this.#valid.add(documentAST);
        };
      },
    };
  }

  /**
   * The request that a body asks, if Yoga would run it without any complaint; else null. Whatever is the least unusual is
   * null, so that errors and their forms are Yoga's alone to decide.
   */
  requestOf(body: string, schema: GraphQLSchema): KnownRequest | null {
    const params = paramsOf(body);
    if (params === null) return null;
    const { query, variables, operationName } = params;
    const document = this.#parsed.get(query) ?? this.#read(query, schema);
    if (!document || !this.#valid.has(document)) return null;
    const operation = getOperationAST(document, operationName)?.operation;
    if (operation !== 'query' && operation !== 'mutation') return null;
    return { document, variableValues: variables, operationName };
  }

  /** As Yoga reads documents. Null for a text that cannot be parsed, whose error Yoga remembers. */
  #read(text: string, schema: GraphQLSchema): DocumentNode | null {
    if (this.#errors.get(text)) return null;
    try {
      const document = parse(text);
      this.#parsed.add(text, document);
      if (validate(schema, document).length === 0) this.#valid.add(document);
      return document;
    } catch {
      return null;
    }
  }
}

interface Params {
  readonly query: string;
  readonly variables?: KnownRequest['variableValues'];
  readonly operationName?: KnownRequest['operationName'];
}

/** The parameters of a body; null unless it is JSON with the members of a GraphQL request, and no other. */
function paramsOf(body: string): Params | null {
  let params: unknown;
  try {
    params = JSON.parse(body);
  } catch {
    return null;
  }
  if (!isObject(params)) return null;
  for (const name in params) if (!PARAM_CHECKS.get(name)?.(params[name])) return null;
  return 'query' in params ? (params as unknown as Params) : null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isObjectOrNull = (value: unknown): boolean => value === null || isObject(value);

const PARAM_CHECKS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['query', (value: unknown) => typeof value === 'string'],
  ['variables', isObjectOrNull],
  // Explaining is left to Yoga's plugins.
  ['extensions', (value: unknown) => isObjectOrNull(value) && !asksForExplain(value)],
  ['operationName', (value: unknown) => value === null || typeof value === 'string'],
]);

const cacheOf = <Value>(map: LruMap<Value>) => ({
  get: (text: string) => map.get(text),
  set: (text: string, value: Value) => map.add(text, value),
});
