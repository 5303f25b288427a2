import type { GraphQLResolveInfo } from 'graphql';
import type { BoundOperation, RunningOperation } from '../../plans/bound-operation.ts';
import { planOperation } from '../../plans/plan-cache.ts';
import type { RequestContext } from '../context.ts';

/** A field that is being answered: what all that is read and written for it has in common. */
export interface FieldRun {
  readonly context: RequestContext;
  readonly operation: BoundOperation;
  /** Response keys from the root; places in lists are left out, as all of a level is read together. */
  readonly path: readonly string[];
}

export const fieldRun = (context: RequestContext, info: GraphQLResolveInfo): FieldRun => ({
  context,
  operation: boundOperation(context, info),
  path: responsePath(info.path),
});

/** The operation that is executed: planned once, however many of its fields ask. */
export function boundOperation(context: RequestContext, running: RunningOperation): BoundOperation {
  if (context.boundOperation === undefined || !context.boundOperation.isOf(running)) {
    context.boundOperation = planOperation(running, context.access);
  }
  return context.boundOperation;
}

export function responsePath(path: GraphQLResolveInfo['path']): string[] {
  if (path.prev === undefined) return [path.key as string];
  const keys: string[] = [];
  for (let part: typeof path | undefined = path; part !== undefined; part = part.prev) {
    if (typeof part.key === 'string') keys.unshift(part.key);
  }
  return keys;
}
