/** The token that a deployment is asked with. This tab alone has it, until it is closed; the console reads the same entry. */
import { buildSchema, type GraphQLSchema } from 'graphql';

const KEY = 'shardql:token';

export const readToken = (): string => sessionStorage.getItem(KEY) ?? '';

export function keepToken(token: string): void {
  if (token === '') sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
}

/** Where requests may not ask for the schema, operators have it otherwise. Null: who asks is no operator, or is not known. */
export async function fetchSchema(token: string): Promise<GraphQLSchema | null> {
  if (token === '') return null;
  const response = await fetch('/schema', { headers: { authorization: `Bearer ${token}` } });
  return response.ok ? buildSchema(await response.text(), { assumeValid: true }) : null;
}
