import type { GraphQLResolveInfo } from 'graphql';
import { planOperation } from '../../plans/operation-plans.ts';
import type { PlannedOperation, RunningOperation } from '../../plans/planned-operation.ts';
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
  operation: plannedOperation(context, info),
  path: responsePath(info.path),
});

/** The operation that is executed: planned once, however many of its fields ask. */
export function plannedOperation(context: RequestContext, running: RunningOperation): PlannedOperation {
  if (context.planned === undefined || !context.planned.isOf(running)) {
    context.planned = planOperation(running, context.access);
  }
  return context.planned;
}

export function responsePath(path: GraphQLResolveInfo['path']): string[] {
  if (path.prev === undefined) return [path.key as string];
  const keys: string[] = [];
  for (let part: typeof path | undefined = path; part !== undefined; part = part.prev) {
    if (typeof part.key === 'string') keys.unshift(part.key);
  }
  return keys;
}
