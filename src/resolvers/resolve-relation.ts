import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import type { WireValue } from '../model/types.ts';
import type { FarRelation, RelationKey, TargetPlan } from '../plans/node-plan.ts';
import { isMisfit, type Misfit } from '../shards/misfit.ts';
import { misfitError } from '../shards/misfit-error.ts';
import type { Answer } from '../shards/plan/answer.ts';
import type { PlanNode } from '../shards/plan/node.ts';
import { loadManyToMany } from './across-shards/many-to-many.ts';
import { readKeys } from './across-shards/read-keys.ts';
import type { RequestContext } from './context.ts';
import { spendRows } from './row-budget.ts';
import { type FieldRun, responsePath } from './run/field-run.ts';
import { ReadRun } from './run/read-run.ts';
import { EMPTY_PAGE, type ResolvedValue, resolvedValueOf } from './show/resolved-value.ts';
import { cellOf, type Row } from './show/row.ts';

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

/** A relation to rows of other shards as it is read below one run of its parents' plan. */
interface FarRun {
  readonly run: ReadRun<TargetPlan>;
  readonly loader: DataLoader<RelationKey, Answer, string>;
}

/** Related rows on other shards: read together for all rows of a level that ask in the same tick. */
async function loadRelated(relation: FarRelation, row: Row, path: readonly string[]): Promise<ResolvedValue> {
  const { run, loader } = row.run.far(relation, () => farRun(relation, { ...row.run.field, path }));
  const key = relation.relation.from.map((column) => cellOf(row.view.shape, row.cells, column));
  if (!isComplete(key)) return run.plan.kind === 'one' ? null : resolvedValueOf(run.plan, EMPTY_PAGE, run);
  const answer = await loader.load(key);
  run.field.context.sharesRows = true;
  spendRows(run.field.context, answer);
  return resolvedValueOf(run.plan, answer, run);
}

/** A NULL refers to nothing. */
const isComplete = (key: readonly WireValue[]): key is RelationKey => !key.includes(null);

function farRun(relation: FarRelation, field: FieldRun): FarRun {
  const run = new ReadRun<TargetPlan>(relation.read, field);
  let filled: Promise<void> | null | undefined;
  const read = async (keys: readonly RelationKey[]) => {
    if (filled === undefined) filled = run.fill();
    if (filled !== null) await filled;
    filled = null;
    return relation.kind === 'through'
      ? loadManyToMany(relation, keys, run)
      : readKeys<PlanNode>(run.plan.compiled, run.values, keys, run);
  };
  return { run, loader: new DataLoader(read, { cacheKeyFn: (key) => JSON.stringify(key) }) };
}
