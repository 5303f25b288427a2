import type { PlannedRead } from '../shards/client/shard-client.ts';
import type { Answer } from '../shards/plan.ts';
import type { RequestContext } from './context.ts';
import { fillIdSets } from './fill-id-sets.ts';
import type { PlanMaker } from './plan/plan-maker.ts';

/** Runs a plan once what its filters need of other shards is there; in the caller's tick if that is nothing. */
export async function readPlan(
  maker: PlanMaker,
  read: Omit<PlannedRead, 'values'>,
  context: RequestContext,
): Promise<readonly Answer[]> {
  if (maker.idSets.length > 0) await fillIdSets(maker.idSets, context);
  return context.shards.read({ ...read, values: maker.values });
}
