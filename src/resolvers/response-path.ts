import type { GraphQLResolveInfo } from 'graphql';

/** Response keys from the root to a field; places in lists are left out, as all of a level is read together. */
export function responsePath(path: GraphQLResolveInfo['path']): string[] {
  const keys: string[] = [];
  for (let part: typeof path | undefined = path; part !== undefined; part = part.prev) {
    if (typeof part.key === 'string') keys.unshift(part.key);
  }
  return keys;
}
