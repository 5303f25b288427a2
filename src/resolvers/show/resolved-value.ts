import type { TableModel } from '../../model/types.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import type { OneNodePlan, TargetPlan } from '../../plans/node-plan.ts';
import type { ShardQLError } from '../../shards/errors.ts';
import type { Answer, OneAnswer, PageAnswer } from '../../shards/plan/answer.ts';
import type { ReadRun } from '../run/read-run.ts';
import { Connection } from './connection.ts';
import { Row } from './row.ts';

/** What GraphQL's executor goes on with: a row, a page of rows, or nothing. */
export type ResolvedValue = Row | Connection | null;

export const EMPTY_PAGE: PageAnswer = { rows: [], hasMore: false, hasBefore: false, total: 0 };

/** The row that an answer of `plan`, which `run` has read, holds. */
export function rowOf(plan: OneNodePlan, answer: OneAnswer, run: ReadRun, ambiguous = ambiguousKey): Row | null {
  if (answer === null) return null;
  if (answer === 'ambiguous') throw ambiguous(plan.view.shape.table);
  return new Row(plan.view, answer, run);
}

export const ambiguousKey = ({ typeName }: TableModel): ShardQLError =>
  badUserInput(`Expected at most one ${typeName} with this key, but got several. Name the shardKey too.`, {
    table: typeName,
  });

/** A relation to rows of other shards has no shard key, and the client cannot name one: the model can. */
export const ambiguousRelation = ({ typeName, shardKey, list }: TableModel): ShardQLError =>
  badUserInput(
    `Expected at most one ${typeName} that the relation leads to, but got several, of different ${shardKey.name}. Ask ${list} for them; or let the model pair ${shardKey.name} too, or declare the relation with many.${typeName}.`,
    { table: typeName },
  );

export const resolvedValueOf = (plan: TargetPlan, answer: Answer, run: ReadRun): ResolvedValue =>
  plan.kind === 'one'
    ? rowOf(plan, answer as OneAnswer, run, ambiguousRelation)
    : new Connection(plan, answer as PageAnswer, run);
