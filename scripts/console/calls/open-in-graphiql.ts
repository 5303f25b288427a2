import { writeExact } from './exact-json.ts';

/** Read by GraphiQL's page when it opens, and removed: `scripts/graphiql/handed-over.ts`. */
const KEY = 'shardql:open';

/** Opens a tab of GraphiQL with the operation. Nothing of it stands in an address. */
export function openInGraphiql({ query, variables }: { readonly query: string; readonly variables?: object }): void {
  localStorage.setItem(KEY, JSON.stringify({ query, variables: variables ? writeExact(variables, 2) : '' }));
  // It starts with a copy of what this tab keeps: the credential.
  open('/graphql', '_blank');
}
