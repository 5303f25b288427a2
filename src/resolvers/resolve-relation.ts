import type { GraphQLResolveInfo } from 'graphql';
import { isMisfit, type Misfit } from '../shards/misfit.ts';
import { misfitError } from '../shards/misfit-error.ts';
import type { Answer } from '../shards/plan/answer.ts';
import { loadRelated } from './across-shards/relation-loader.ts';
import type { RequestContext } from './context.ts';
import { spendRows } from './row-budget.ts';
import { responsePath } from './run/field-run.ts';
import { type ResolvedValue, resolvedValueOf } from './show/resolved-value.ts';
import type { Row } from './show/row.ts';

/** A relation: its answer came with the row, or is read together with those of all rows of this level. */
export function resolveRelation(
  row: Row,
  context: RequestContext,
  info: GraphQLResolveInfo,
): ResolvedValue | Promise<ResolvedValue> {
  const { shape, relations } = row.view;
  const plan = relations.get(String(info.path.key))!;
  const failure = row.run.failureOf(plan);
  if (failure !== undefined) throw failure;
  switch (plan.kind) {
    case 'nested': {
      const answer = row.cells[shape.width + plan.position] as Answer | Misfit;
      if (isMisfit(answer)) throw misfitError(answer);
      spendRows(context, answer);
      return resolvedValueOf(plan.target, answer, row.run);
    }
    case 'separate':
    case 'through':
      return loadRelated(plan, row, responsePath(info.path));
    case 'failed':
      throw plan.error;
  }
}
