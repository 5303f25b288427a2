import { answerMerger, windowOf } from '../../merging/merge-answers.ts';
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
import type { AnswerBudget } from './answer-budget.ts';
import type { GatherLoader, GatherPart, GatherReply } from './gather-loader.ts';
import type { ReadLoader } from './read-loader.ts';
import { scatterGroups } from './scatter-groups.ts';
import { type Answered, ScatterReplies } from './scatter-replies.ts';

/** What the reads of one request ask shards by. */
export interface ScatterLoaders {
  readonly reads: ReadLoader;
  readonly gathers: GatherLoader;
  readonly answers: AnswerBudget;
}

/**
 * Reads keys whose rows may be anywhere: every shard is asked and the answers are merged; those of many shards by some of them first. They are
 * used only if the slots that they speak for cover all slots exactly once (R2); otherwise slots have moved between the answers, and all
 * shards are asked again. One shard that fails fails the read: it is never silently shorter.
 */
export async function readScatter(
  { scope, router }: ShardConnection,
  loaders: ScatterLoaders,
  read: Read,
): Promise<readonly FreshAnswer[]> {
  const merge = answerMerger(scope.model, read.plan.node, windowOf(read.plan.node, read.values));
  return await router.routed(async ({ owners, epoch }) => {
    const part = { ...scatterCall(read, scope, owners), epoch, keys: read.keys, asOf: read.asOf };
    const groups = scatterGroups(owners, scope.settings);
    const replies = new ScatterReplies(scope.model, part, loaders.answers);
    await Promise.all(groups.map((group, at) => askGroup(loaders, group, part, (reply) => replies.add(at, reply))));
    const { answered, isWhole } = replies;
    if (!isWhole || !coverAll(answered)) {
      replies.drop();
      return new Misrouted(replies.newestEpoch);
    }
    const snapshots = answered.flatMap((reply) => reply.snapshots);
    if (read.meter) for (const { rowsRead } of answered) read.meter.rowsRead += rowsRead;
    return read.keys.map((_, index) => ({
      answer: merge(answered.map(({ answers }) => answers[index]!)),
      snapshots,
      // Not the shards' own: one may have been asked before slots moved, and another one after.
      epoch,
    }));
  });
}

type ScatterPart = Omit<GatherPart, 'shards'>;

/** @param take gets each reply as it comes. */
async function askGroup(
  { reads, gathers }: ScatterLoaders,
  shards: readonly string[],
  part: ScatterPart,
  take: (reply: GatherReply) => void,
): Promise<void> {
  if (shards.length === 1) return take(await askAlone(reads, shards[0]!, part));
  const reply = await gathers.load({ ...part, shards });
  if (reply.status !== 'OK' || reply.answers.length > 0) take(reply);
  if (reply.status !== 'OK') return;
  await Promise.all(reply.unanswered.map(async (shard) => take(await askAlone(reads, shard, part))));
}

async function askAlone(loader: ReadLoader, shard: string, part: ScatterPart): Promise<GatherReply> {
  const reply = await loader.load({ ...part, shard, shardKeys: null, cacheable: false });
  if (reply.status !== 'OK') return reply;
  const { epoch, slots, placedAway, answers, asOf, changed, rowsRead, heldBytes } = reply;
  // The same for all keys of a scatter.
  const snapshots = [{ shard, asOf, changed: changed[0]! }];
  return { status: 'OK', epoch, slots, placedAway, answers, snapshots, unanswered: [], rowsRead, heldBytes };
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
  const window = windowOf(plan.node, values);
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

/** Whoever owns the slots of a placed shard key's hash says that another shard speaks for it: a map that lacks that shard shows. */
const coverAll = (answered: readonly Answered[]): boolean =>
  isExactCover(
    answered.flatMap(({ slots }) => slots),
    answered.flatMap(({ placedAway }) => placedAway),
  );
