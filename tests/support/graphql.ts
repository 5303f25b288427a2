/** A GraphQL client as plain as can be: what goes over the wire is what the test wrote. */

export interface GraphQLErrorAnswer {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are as free-form as the queries of the tests.
type Data = any;

export interface GraphQLAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
  readonly errors: readonly GraphQLErrorAnswer[];
  readonly extensions: Data;
}

/** Whatever answers GraphQL. */
export interface GraphQLApi {
  graphql(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphQLAnswer>;
}

export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** Sends one operation with POST and JSON. Throws if the answer is not JSON. */
export async function postGraphQL(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
  send: Send = fetch,
): Promise<GraphQLAnswer> {
  const response = await send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  let body: { data?: Data; errors?: readonly GraphQLErrorAnswer[]; extensions?: Data };
  try {
    body = JSON.parse(text);
  } catch {
    throw new Error(`Expected a JSON answer, but got status ${response.status}: ${text.slice(0, 500)}`);
  }
  return {
    status: response.status,
    headers: response.headers,
    data: body.data,
    errors: body.errors ?? [],
    extensions: body.extensions,
  };
}

/** The code and path of every error, for short assertions: `['customer.name BAD_USER_INPUT']`. */
export const errorSummary = (answer: GraphQLAnswer): string[] =>
  answer.errors.map((error) => `${(error.path ?? []).join('.')} ${error.extensions?.code}`.trim());
