import type { RelationModel } from '../model/types.ts';
import type { Match } from '../shards/plan/node.ts';
import {
  EVERYTHING,
  type JoinRows,
  joinRows,
  type RelatedRows,
  relatedRows,
  rowsOf,
  type SourceParts,
} from '../shards/plan/source.ts';

/** The rows of a co-located relation, all of them. */
export const rowsOfRelation = (
  { targetType, from, to, through }: RelationModel,
  parts: Omit<SourceParts, 'access'> = {},
): RelatedRows =>
  relatedRows(rowsOf(targetType, { access: EVERYTHING, ...parts }), from, to, through && joinOfRelation(through));

/** The rows of a join table, as the way from its `from` to its `to`. */
const joinOfRelation = ({ type, from, to }: NonNullable<RelationModel['through']>): JoinRows =>
  joinRows(rowsOf(type, { access: EVERYTHING }), from, to);

/** How the rows of a relation are found by their parent's values. Shards follow a join table only to rows of their own. */
export const matchOfRelation = ({ to, through }: RelationModel): Match => ({
  match: to,
  through: through?.besideTarget ? joinOfRelation(through) : null,
});
