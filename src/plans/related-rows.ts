import type { RelationModel } from '../model/types.ts';
import type { RelatedRows } from '../shards/plan.ts';

/** The rows of a co-located relation, all of them. */
export const relatedRows = ({ targetType, from, to, through }: RelationModel): RelatedRows => ({
  table: targetType,
  from,
  match: to,
  through: through && { table: through.type, from: through.from, to: through.to },
  filter: null,
  computed: [],
});
