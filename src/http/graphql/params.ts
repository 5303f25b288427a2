import { HttpError } from '../core/http-error.ts';
import { readText } from '../core/request-body.ts';
import { mayBeRounded, parseExactly } from './exact-json.ts';
import { isDeeperThan, MAX_VARIABLE_LEVELS } from './variable-nesting.ts';

type JsonObject = { readonly [name: string]: unknown };

/** Parameters of GraphQL over HTTP. Null: absent. Other members are ignored. */
export interface GraphqlParams {
  /** Null only if `documentId` or `extensions` names a persisted document. */
  readonly query: string | null;
  /** Names a document that is persisted, instead of `query`. */
  readonly documentId: string | null;
  readonly variables: JsonObject | null;
  /** The variables with numbers that JavaScript has rounded as they are written; null if there are none. */
  readonly exactVariables: JsonObject | null;
  readonly operationName: string | null;
  readonly extensions: JsonObject | null;
}

/**
 * The parameters of a GET's URL or a POST's body.
 *
 * @throws HttpError if there are none, or they have other types.
 */
export async function readParams(request: Request, method: string, maxBodyBytes: number): Promise<GraphqlParams> {
  if (method !== 'POST') {
    const { exactVariables, ...params } = searchParams(request);
    return paramsOf(params, exactVariables);
  }
  const text = await readText(request, maxBodyBytes);
  const body = parse(text, 'a body of JSON');
  if (!isObject(body)) {
    throw invalid(`Expected a body of one JSON object with the member query, but got ${kindOf(body)}.`);
  }
  const isRounded = mayBeRounded(text) && !isDeeperThan(MAX_VARIABLE_LEVELS, body);
  return paramsOf(body, isRounded ? (parseExactly(text) as JsonObject).variables : null);
}

/** An empty parameter counts as absent. */
function searchParams(request: Request): JsonObject {
  const { search, searchParams: params } = new URL(request.url);
  const text = (name: string): string | null => {
    const value = params.get(name) || null;
    // Where percent-encoded bytes are not UTF-8, `searchParams` has U+FFFD.
    if (value === null || !value.includes('\ufffd') || isDecodable(search)) return value;
    throw invalid(`Expected the parameter ${name} to be percent-encoded UTF-8, but got other bytes.`);
  };
  const json = (name: string): unknown => {
    const value = text(name);
    return value === null ? null : parse(value, `the parameter ${name} to be JSON`);
  };
  const variables = json('variables');
  const isRounded = mayBeRounded(text('variables') ?? '') && !isDeeperThan(MAX_VARIABLE_LEVELS, variables);
  return {
    query: text('query'),
    documentId: text('documentId'),
    variables,
    exactVariables: isRounded ? parseExactly(text('variables')!) : null,
    operationName: text('operationName'),
    extensions: json('extensions'),
  };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function paramsOf(params: JsonObject, exactVariables: unknown): GraphqlParams {
  const { query = null, documentId = null, variables = null, operationName = null, extensions = null } = params;
  if (variables !== null && !isObject(variables)) throw ofType('variables', 'an object', variables);
  if (extensions !== null && !isObject(extensions)) throw ofType('extensions', 'an object', extensions);
  if (operationName !== null && typeof operationName !== 'string')
    throw ofType('operationName', 'a string', operationName);
  if (documentId !== null && typeof documentId !== 'string') throw ofType('documentId', 'a string', documentId);
  if (documentId !== null && query !== null) {
    throw invalid('Expected query or documentId, but got both.');
  }
  if (query === null && documentId === null && extensions?.persistedQuery === undefined) {
    throw invalid('Expected query to be the text of a GraphQL document, but got none.');
  }
  if (query !== null && typeof query !== 'string') throw ofType('query', 'a string', query);
  // The name of no operation can be empty.
  return {
    query,
    documentId,
    variables,
    exactVariables: (exactVariables ?? null) as JsonObject | null,
    operationName: operationName || null,
    extensions,
  };
}

function parse(text: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`Expected ${expected}, but got ${text === '' ? 'nothing' : 'another text'}.`);
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const ofType = (name: string, expected: string, got: unknown): HttpError =>
  invalid(`Expected ${name} to be ${expected}, but got ${kindOf(got)}.`);

const invalid = (message: string): HttpError => new HttpError(400, 'BAD_USER_INPUT', message);
