import { answerMerger, type PageWindow } from '../../merging/merge-answers.ts';
import { withDistinctValues } from '../../merging/merge-groups.ts';
import { type CompiledPlan, compilePlan } from '../../plan/compiled-plan.ts';
import type { FreshAnswer, Read, ReadCall } from '../../plan/read.ts';
import type { ValueRef } from '../../plan/value.ts';
import { isExactCover } from '../../slots.ts';
import type { ShardConnection } from '../connection.ts';
import { pageTooDeep, tooManyShards } from '../failures.ts';
import { Misrouted } from '../routing/router.ts';
import type { RouterSettings } from '../settings.ts';
import type { ShardClientContext } from '../shard-client-context.ts';
import type { PartReply, ReadLoader } from './read-loader.ts';

/**
 * Reads keys whose rows may be anywhere: every shard is asked and the answers are merged. They are used only if the
 * slots that they speak for cover all slots exactly once (R2); otherwise slots have moved between the answers, and all
 * shards are asked again. One shard that fails fails the read: it is never silently shorter.
 */
export async function readScatter(
  { scope, router }: ShardConnection,
  loader: ReadLoader,
  read: Read,
): Promise<readonly FreshAnswer[]> {
  const merge = answerMerger(scope.model, read.plan.node, windowOf(read));
  return await router.routed(async (routing) => {
    const { owners, epoch } = routing;
    const { plan, values } = scatterCall(read, scope, owners);
    const replies = await Promise.all(
      owners.map((shard) =>
        loader.load({
          ...{ shard, epoch, plan, values, keys: read.keys },
          ...{ shardKeys: null, cacheable: false, asOf: read.asOf },
        }),
      ),
    );
    const answered = replies.filter(isAnswered);
    if (answered.length < replies.length || !isExactCover(answered.flatMap(({ slots }) => slots))) {
      return new Misrouted(newestEpoch(replies));
    }
    return read.keys.map((_, index) => ({
      answer: merge(answered.map(({ answers }) => answers[index]!)),
      snapshots: answered.map(({ asOf, changed }, at) => ({ shard: owners[at]!, asOf, changed: changed[index]! })),
      // Not the shards' own: one may have been asked before slots moved, and another one after.
      epoch,
    }));
  });
}

/**
 * The call as every shard gets it.
 *
 * @throws ShardQLError for more shards than a scatter may ask, and for a page too far from its start.
 */
export function scatterCall(
  read: Read,
  { model, settings }: Pick<ShardClientContext, 'model' | 'settings'>,
  owners: readonly string[],
): Pick<ReadCall, 'plan' | 'values'> {
  const most = Math.min(settings.maxScatterShards, settings.maxShardsPerRequest);
  if (owners.length > most) throw tooManyShards(owners.length, most);
  const { plan, values } = withWindow(read, settings);
  const table = model.table(plan.node.table);
  return { plan: (owners.length > 1 ? plan.derived(withDistinctValues, table) : plan).text, values };
}

/** Shards leave nothing out at the start: which rows an offset means is known only when all are merged. */
function withWindow(read: Read, settings: RouterSettings): Pick<Read, 'plan' | 'values'> {
  const { plan, values } = read;
  const window = windowOf(read);
  if (window === null || window.offset === 0) return { plan, values };
  const rows = window.offset + window.limit;
  if (rows > settings.maxScatterPageRows) throw pageTooDeep(rows, settings.maxScatterPageRows);
  return { plan: plan.derived(withoutOffset, values.length), values: [...values, rows] };
}

/** Each shard gives its first `offset + limit` rows, a number that the call holds at `limit`. */
function withoutOffset(plan: CompiledPlan, limit: ValueRef): CompiledPlan {
  const { node } = plan;
  return node.page === null ? plan : compilePlan({ ...node, page: { ...node.page, limit, offset: null } });
}

/** What is cut out of the merged pages. */
function windowOf({
  plan: {
    node: { page },
  },
  values,
}: Read): PageWindow | null {
  if (page === null) return null;
  return { offset: page.offset === null ? 0 : Number(values[page.offset]), limit: Number(values[page.limit]) };
}

type Answered = Extract<PartReply, { readonly status: 'OK' }>;

/** True if the shard has answered, false if it does not own what it was asked for; throws what went wrong with it. */
function isAnswered(reply: PartReply): reply is Answered {
  if (reply.status === 'FAILED') throw reply.error;
  return reply.status === 'OK';
}

const newestEpoch = (replies: readonly PartReply[]): number =>
  Math.max(...replies.map((reply) => (reply.status === 'FAILED' ? 0 : reply.epoch)));
