/** Tabs of a first visit: of the model that is served, and of the demo where its rows are loaded. */
import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery, parse, validate } from 'graphql';
import type { Example } from './callers.ts';
import { fetchSchema, readToken } from './credential.ts';
import { type ModelTab, modelTabs, type SampleRow, sampleQuery, shownTable } from './model-tabs.ts';

/** The operation by which GraphiQL asks for the schema. */
export const INTROSPECTION = 'IntrospectionQuery';

interface Answer {
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

/** Where GraphiQL keeps the tabs that are open. */
const isFirstVisit = (): boolean => localStorage.getItem('graphiql:tabState') === null;

/** None but at a first visit. Of rows, one is read, for its key; nothing is changed. */
export async function firstTabs(examples: readonly Example[]): Promise<readonly (ModelTab | Example)[]> {
  if (!isFirstVisit()) return [];
  const schema = (await introspect()) ?? (await fetchSchema(readToken()));
  if (schema === null) return [];
  return [...(await tabsOf(schema)), ...examples.filter((example) => fits(schema, example))];
}

/** Null where the caller may not learn the schema this way. */
async function introspect(): Promise<GraphQLSchema | null> {
  const answer = await ask(
    getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true, oneOf: true }),
    INTROSPECTION,
  );
  if (!answer.data) return null;
  introspected = answer;
  return buildClientSchema(answer.data as never);
}

async function tabsOf(schema: GraphQLSchema): Promise<readonly ModelTab[]> {
  const table = shownTable(schema);
  if (table === null) return [];
  const { data } = await ask(sampleQuery(table), 'Sample');
  const { nodes } = (data?.[table.list] ?? {}) as { readonly nodes?: readonly SampleRow[] };
  return modelTabs(table, nodes?.[0] ?? {});
}

/** False for what a changed model has no fields for. */
const fits = (schema: GraphQLSchema, { query }: Example): boolean => validate(schema, parse(query)).length === 0;

async function ask(query: string, operationName: string): Promise<Answer> {
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
