import type { RelationModel } from '../model/types.ts';
import type { PlanNode } from '../shards/plan.ts';

/** How the rows of a node are found: by columns that equal a key, or through a join table. */
export type Match = Pick<PlanNode, 'match' | 'through'>;

export const matchOn = (columns: readonly string[]): Match => ({ match: columns, through: null });

/** Shards follow a join table only to rows of their own. */
export const matchOfRelation = ({ to, through }: RelationModel): Match => ({
  match: to,
  through: through?.besideTarget ? { table: through.type, from: through.from, to: through.to } : null,
});
