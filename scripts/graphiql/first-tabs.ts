/** Tabs of a first visit: of the model that is served, and of the demo where its rows are loaded. */
import { type GraphQLSchema, parse, validate } from 'graphql';
import type { Example } from './callers.ts';
import { type ModelTab, modelTabs, type SampleRow, sampleQuery, shownTable } from './model-tabs.ts';
import { ask, servedSchema } from './served-schema.ts';

/** Where GraphiQL keeps the tabs that are open. */
const isFirstVisit = (): boolean => localStorage.getItem('graphiql:tabState') === null;

/** None but at a first visit. Of rows, one is read, for its key; nothing is changed. */
export async function firstTabs(examples: readonly Example[]): Promise<readonly (ModelTab | Example)[]> {
  if (!isFirstVisit()) return [];
  const schema = await servedSchema();
  if (schema === null) return [];
  return [...(await tabsOf(schema)), ...examples.filter((example) => fits(schema, example))];
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
