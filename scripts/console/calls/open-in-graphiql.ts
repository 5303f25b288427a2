import { writeExact } from './exact-json.ts';

/** Read by GraphiQL's page when it opens, and removed: `scripts/graphiql/handed-over.ts`. */
const KEY = 'shardql:open';

/** Opens a tab of GraphiQL with the operation. Nothing of it stands in an address. */
export function openInGraphiql({ query, variables }: { readonly query: string; readonly variables?: object }): void {
  // The tab starts with a copy of what this one keeps: this, and the credential. Nobody else ever has it.
  sessionStorage.setItem(KEY, JSON.stringify({ query, variables: variables ? writeExact(variables, 2) : '' }));
  open('/graphql', '_blank');
  sessionStorage.removeItem(KEY);
}
