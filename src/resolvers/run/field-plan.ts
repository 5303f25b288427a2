import type { GraphQLResolveInfo } from 'graphql';
import { invariant } from '../../lib/invariant.ts';
import type { FieldPlan } from '../../plans/operation-plan.ts';
import type { FieldRun } from './field-run.ts';

/**
 * The plan of the root field that a resolver answers.
 *
 * @throws what was found wrong when it was made.
 */
export function fieldPlan<Kind extends FieldPlan['kind']>(
  { operation }: FieldRun,
  info: GraphQLResolveInfo,
  kind: Kind,
): Extract<FieldPlan, { kind: Kind }> {
  const plan = operation.at(info.path);
  if (plan.kind === 'failed') throw plan.error;
  invariant(plan.kind === kind, `The plan of ${info.fieldName} is one of ${plan.kind}.`);
  return plan as Extract<FieldPlan, { kind: Kind }>;
}
