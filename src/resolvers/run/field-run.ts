import type { GraphQLResolveInfo } from 'graphql';
import { plannedOperation } from '../../plans/operation-plans.ts';
import type { PlannedOperation } from '../../plans/planned-operation.ts';
import type { RequestContext } from '../context.ts';

/** A field that is being answered: what all that is read and written for it has in common. */
export interface FieldRun {
  readonly context: RequestContext;
  readonly operation: PlannedOperation;
  /** Response keys from the root; places in lists are left out, as all of a level is read together. */
  readonly path: readonly string[];
}

export const fieldRun = (context: RequestContext, info: GraphQLResolveInfo): FieldRun => ({
  context,
  operation: plannedOperation(info),
  path: responsePath(info.path),
});

export function responsePath(path: GraphQLResolveInfo['path']): string[] {
  const keys: string[] = [];
  for (let part: typeof path | undefined = path; part !== undefined; part = part.prev) {
    if (typeof part.key === 'string') keys.unshift(part.key);
  }
  return keys;
}
