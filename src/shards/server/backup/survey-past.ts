import { systemTimers, wait } from '../../../lib/timers.ts';
import type { PastSurvey, SurveyRequest } from '../../protocol/backup.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { holdMoment } from '../recovery/as-of.ts';
import { changesSince, requireBorn } from '../recovery/past-point.ts';
import { barrier, pastSchema } from '../recovery/past-schema.ts';
import type { ShardState } from '../shard-state.ts';
import { readChangedTables } from '../tables/log-spans.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { requireReadable } from './answer-backup.ts';
import { countRows } from './count-rows.ts';

/** Log rows that are looked through at a time: a few milliseconds. */
const WINDOW_ROWS = 10_000;

/**
 * What rows there were at an earlier moment. They are counted by the log: those of now, less what was added since. From then on, and for
 * ten minutes, the log keeps what is needed to copy them.
 *
 * @throws ShardQLError BAD_USER_INPUT for a moment that the log does not reach back to, CONFLICT if a migration is in between,
 * SHARD_UNAVAILABLE, to be tried again, for one that has not come.
 */
export async function surveyPast(
  shard: ShardState,
  session: SqlSession,
  { version, shardKeys }: SurveyRequest,
): Promise<PastSurvey> {
  const { model, migrations, logRecall } = shard;
  requireReadable(shard, shardKeys);
  requireBorn(session, version);
  if (version < readTrimmedVersion(session) && logRecall.reaches(version)) await logRecall.recall(version);
  const span = { ...changesSince(session, version, shardKeys), without: [] };
  holdMoment(shard, session, version);
  logRecall.hold(version);
  const countByType = new Map(model.tables.map((table) => [table.typeName, countRows(session, table, shardKeys)]));
  const schema = pastSchema(model, migrations);
  let changes = 0;
  for (let upTo = span.upTo; upTo > span.after; upTo -= WINDOW_ROWS) {
    if (upTo < span.upTo) await wait(systemTimers, 0);
    const window = { ...span, after: Math.max(span.after, upTo - WINDOW_ROWS), upTo };
    for (const changed of readChangedTables(session, window)) {
      const since = schema(changed.table, changed.schema);
      if ('changed' in since) throw barrier(changed.table, since.changed);
      changes += changed.changes;
      const { typeName } = since.table;
      countByType.set(typeName, countByType.get(typeName)! - changed.added);
    }
  }
  return { changes, rowsByType: Object.fromEntries([...countByType].filter(([, count]) => count > 0)) };
}
