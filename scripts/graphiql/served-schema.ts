/** The schema that is served, asked for once before GraphiQL begins: for its tabs, and for variables of what it opens with. */
import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql';
import { fetchSchema, readToken } from './credential.ts';

/** The operation by which GraphiQL asks for the schema. */
export const INTROSPECTION = 'IntrospectionQuery';

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
}

/** The answer to the first introspection: GraphiQL, which asks for the same next, is answered with it. */
let introspected: Answer | null = null;

/** Once. Null: there is none. */
export function takeIntrospected(): Answer | null {
  const taken = introspected;
  introspected = null;
  return taken;
}

let served: Promise<GraphQLSchema | null> | undefined;

/** Null where the caller may not learn it. */
export function servedSchema(): Promise<GraphQLSchema | null> {
  served ??= introspect().then((schema) => schema ?? fetchSchema(readToken()));
  return served;
}

async function introspect(): Promise<GraphQLSchema | null> {
  const answer = await ask(
    getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true, oneOf: true }),
    INTROSPECTION,
  );
  if (!answer.data) return null;
  introspected = answer;
  return buildClientSchema(answer.data as never);
}

/** As who has signed in. */
export async function ask(query: string, operationName: string): Promise<Answer> {
  const token = readToken();
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      ...(token !== '' && { authorization: `Bearer ${token}` }),
      accept: 'application/graphql-response+json',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ query, operationName }),
  });
  return (await response.json()) as Answer;
}
