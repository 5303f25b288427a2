import type { InspectionAnswers, InspectionQuestion } from '../../inspection.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { ShardState } from '../shard-state.ts';
import { hasShardKey } from '../tables/keys-table.ts';
import { readTrace } from '../tables/traces-table.ts';
import { inspectChanges } from './inspect-changes.ts';
import { inspectCommit } from './inspect-commit.ts';

/** What operators ask of the log and the books of a shard. Changes nothing. */
export function inspect(
  { model, freshness }: Pick<ShardState, 'model' | 'freshness'>,
  session: SqlSession,
  question: InspectionQuestion,
): InspectionAnswers[keyof InspectionAnswers] {
  switch (question.part) {
    case 'changes':
      return inspectChanges(session, model, question);
    case 'commit':
      return inspectCommit(session, model, question);
    case 'key': {
      const { shardKey } = question;
      return {
        isKnown: hasShardKey(session, shardKey),
        isUnpublished: !freshness.unpublished.isPublished(shardKey),
        cachedUntilMs: readTrace(session, shardKey)?.untilMs ?? null,
      };
    }
  }
}
