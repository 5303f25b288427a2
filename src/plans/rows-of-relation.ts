import type { RelationModel } from '../model/types.ts';
import type { Match } from '../shards/plan/node.ts';
import { type JoinRows, joinRows, type RelatedRows, relatedRows } from '../shards/plan/source.ts';
import { type PlanScope, type VisibleParts, visibleRows } from './access/visible-rows.ts';

/** The rows of a co-located relation, all that the caller may see. */
export const rowsOfRelation = (
  scope: PlanScope,
  { targetType, from, to, through }: RelationModel,
  parts: VisibleParts = {},
): RelatedRows =>
  relatedRows(visibleRows(scope, targetType, parts), from, to, through && joinOfRelation(scope, through));

/** The rows of a join table, as the way from its `from` to its `to`. */
const joinOfRelation = (scope: PlanScope, { type, from, to }: NonNullable<RelationModel['through']>): JoinRows =>
  joinRows(visibleRows(scope, type), from, to);

/** How the rows of a relation are found by their parent's values. Shards follow a join table only to rows of their own. */
export const matchOfRelation = (scope: PlanScope, { to, through }: RelationModel): Match => ({
  match: to,
  through: through?.colocatedWithTarget ? joinOfRelation(scope, through) : null,
});
