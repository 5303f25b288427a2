import type { RelationModel } from '../model/types.ts';
import type { Match } from '../shards/plan/node.ts';
import { type JoinRows, joinRows, type RelatedRows, relatedRows } from '../shards/plan/source.ts';
import { type RowScope, type VisibleParts, visibleRows } from './access.ts';

/** The rows of a co-located relation, all that the caller may see. */
export const rowsOfRelation = (
  scope: RowScope,
  { targetType, from, to, through }: RelationModel,
  parts: VisibleParts = {},
): RelatedRows =>
  relatedRows(visibleRows(scope, targetType, parts), from, to, through && joinOfRelation(scope, through));

/** The rows of a join table, as the way from its `from` to its `to`. */
const joinOfRelation = (scope: RowScope, { type, from, to }: NonNullable<RelationModel['through']>): JoinRows =>
  joinRows(visibleRows(scope, type), from, to);

/** How the rows of a relation are found by their parent's values. Shards follow a join table only to rows of their own. */
export const matchOfRelation = (scope: RowScope, { to, through }: RelationModel): Match => ({
  match: to,
  through: through?.colocatedWithTarget ? joinOfRelation(scope, through) : null,
});
