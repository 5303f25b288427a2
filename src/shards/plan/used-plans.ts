/** Which plans an isolate has sent to shards since they were last taken: of the isolate, like its events. */
import type { CompiledPlan } from './compiled-plan.ts';

/** Further ones are noted once these are taken and they are used again. */
const MAX_PLANS = 500;

let period = 1;
let used: CompiledPlan[] = [];

/** The period in which a plan was noted last. A plan compares its own with it each time it is sent. */
export const usePeriod = (): number => period;

/** Notes a plan. Gives the period that it is noted for; 0: there is no room. */
export function noteUsed(plan: CompiledPlan): number {
  if (used.length >= MAX_PLANS) return 0;
  used.push(plan);
  return period;
}

/** Each once. */
export function takeUsedPlans(): readonly CompiledPlan[] {
  const taken = used;
  used = [];
  period++;
  return taken;
}
