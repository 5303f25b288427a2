/** An operation that the console opens a tab of GraphiQL for. `scripts/console/calls/open-in-graphiql.ts` writes it. */
const KEY = 'shardql:open';

export interface HandedOver {
  readonly query: string;
  /** JSON text, or empty. */
  readonly variables: string;
}

/** Once. Null: there is none. */
export function takeHandedOver(): HandedOver | null {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  try {
    const { query, variables } = JSON.parse(text ?? '') as Partial<HandedOver>;
    return typeof query === 'string' ? { query, variables: typeof variables === 'string' ? variables : '' } : null;
  } catch {
    return null;
  }
}
