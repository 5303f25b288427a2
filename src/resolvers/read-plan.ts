import type { GraphQLResolveInfo } from 'graphql';
import type { PlanMaker } from '../plans/plan-maker.ts';
import type { Answer } from '../shards/plan.ts';
import type { ShardRead } from '../shards/shard-read.ts';
import { fillIdSets } from './across-shards/fill-id-sets.ts';
import type { RequestContext } from './context.ts';
import { responsePath } from './response-path.ts';

/**
 * Runs the plan of a field, as fresh as its fields ask, once what its filters need of other shards is there; in the
 * caller's tick if that is nothing.
 */
export async function readPlan(
  maker: Pick<PlanMaker, 'values' | 'idSets' | 'requirement'>,
  read: Omit<ShardRead, 'values'>,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<readonly Answer[]> {
  const { reader } = context;
  const requirement = maker.requirement(read.node, reader.session);
  const path = responsePath(info.path);
  if (maker.idSets.length > 0) await fillIdSets(maker.idSets, { context, requirement, path });
  return reader.read({ ...read, values: maker.values }, requirement, path);
}
