import type { GroupsPlan } from '../../plans/aggregates/groups-plan.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { MAX_GROUPS } from '../../shards/plan/aggregate.ts';
import type { GroupRow } from '../../shards/plan/answer.ts';
import { Group } from './group.ts';

/**
 * The groups that a `groupBy` shows, of all there are.
 *
 * @throws ShardQLError COST_LIMIT_EXCEEDED if there are too many (null).
 */
export function showGroups(
  { columns, selection, keeps, compare, first }: GroupsPlan,
  rows: readonly GroupRow[] | null,
): Group[] {
  if (rows === null) throw tooManyGroups();
  const groups = rows.map((row) => new Group(columns, selection, row));
  const kept = keeps ? groups.filter(keeps) : groups;
  return kept.sort(compare).slice(0, first);
}

const tooManyGroups = (): ShardQLError =>
  new ShardQLError(
    'COST_LIMIT_EXCEEDED',
    `Expected at most ${MAX_GROUPS.toLocaleString('en-US')} groups per shard, but got more; group by fewer columns or longer periods, or add a condition that narrows the rows.`,
  );
