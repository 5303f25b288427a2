import { type GraphQLResolveInfo, getArgumentValues } from 'graphql';
import type { BoundOperation, RunningOperation } from '../../plans/bound-operation.ts';
import { planOperation } from '../../plans/plan-cache.ts';
import { askedMoment } from '../../plans/selection/asked-moment.ts';
import type { RequestContext } from '../context.ts';
import { idempotencyKey } from '../idempotency/idempotency-key.ts';
import { KeyedField } from '../idempotency/keyed-field.ts';

/** A field that is being answered: what all that is read and written for it has in common. */
export interface FieldRun {
  readonly context: RequestContext;
  readonly operation: BoundOperation;
  /** Response keys from the root; places in lists are left out, as all of a level is read together. */
  readonly path: readonly string[];
  /** Nothing else is read for the operation at first. Absent: something may be. */
  readonly isAlone?: boolean;
  /** Null: the field is no root field of a mutation that was sent with an idempotency key. */
  readonly keyed: KeyedField | null;
  /** Its answer is going to be written as text, so that shards may give rows as such. Absent: its rows are shown from cells. */
  readonly isWritten?: boolean;
}

/** @throws ShardQLError BAD_USER_INPUT for a wrong idempotency key. */
export function fieldRun(context: RequestContext, info: GraphQLResolveInfo): FieldRun {
  const path = responsePath(info.path);
  return { context, operation: boundOperation(context, info), path, keyed: keyedField(context, info) };
}

/** @throws ShardQLError BAD_USER_INPUT for a wrong key. */
export function keyedField(
  { caller, idempotencyKey: header = () => null }: RequestContext,
  info: GraphQLResolveInfo,
): KeyedField | null {
  if (info.operation.operation !== 'mutation' || info.path.prev !== undefined) return null;
  const key = idempotencyKey(info, header());
  if (key === null) return null;
  const field = info.parentType.getFields()[info.fieldName]!;
  const args = getArgumentValues(field, info.fieldNodes[0]!, info.variableValues);
  return new KeyedField(caller, key, { name: info.fieldName, args, path: responsePath(info.path) });
}

/** The operation that is executed: planned once, however many of its fields ask. */
export function boundOperation(context: RequestContext, running: RunningOperation): BoundOperation {
  if (context.boundOperation === undefined || !context.boundOperation.isOf(running)) {
    const moment = askedMoment(running, Date.now());
    if (moment !== null) context.reader.readAsOf(moment, context.access);
    const span = context.tracer?.root.child('plan');
    context.boundOperation = planOperation(running, context.access);
    span?.end();
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
