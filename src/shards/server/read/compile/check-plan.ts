import type { PlanNode } from '../../../plan/node.ts';
import type { ReadCall } from '../../../plan/read.ts';
import { visitPlan } from '../../../plan/visit-plan.ts';
import { ofNewerRelease } from '../../other-release.ts';
import { any, type Check, object } from '../../shape-check.ts';

/**
 * Holds a plan to what this release knows of plans.
 *
 * @throws ShardQLError SHARD_UNAVAILABLE, to be tried again, for a plan of a newer release.
 */
export function checkPlan(plan: PlanNode): void {
  visitPlan(plan, {
    unknown: () => {
      throw ofNewerRelease();
    },
  });
}

/** The same for a call, but for its plan, which is checked where it is compiled: once. */
export const checkCall: Check = object<ReadCall>({
  plan: any,
  values: any,
  keys: any,
  shardKeys: any,
  cacheable: any,
});
