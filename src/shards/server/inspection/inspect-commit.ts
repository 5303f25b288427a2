import type { Model } from '../../../model/types.ts';
import type { CommitQuestion, CommitState, InspectedCommit, TableChangeCounts } from '../../inspection.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { countChangesBetween } from '../tables/log-changes.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { findCommit, readLastLogSeq, readLogEntries, readShardKeysBetween } from '../tables/log-table.ts';

const MAX_SHARD_KEYS = 100;

/** What a commit has changed, as far as the log tells. Reads the log rows of the commit, without what they have replaced. */
export function inspectCommit(
  session: ReadSession,
  model: Model,
  { origin, version }: CommitQuestion,
): InspectedCommit {
  if (version <= readTrimmedVersion(session)) return without('TRIMMED');
  const { first, last } = findCommit(session, readLastLogSeq(session), version);
  const [newest] = readLogEntries(session, first, last, 1);
  if (newest === undefined || newest.origin !== origin) return without('UNKNOWN');
  return {
    state: 'LOGGED',
    tables: tablesOf(model, countChangesBetween(session, first, last)),
    shardKeys: readShardKeysBetween(session, first, last).slice(0, MAX_SHARD_KEYS),
    migration: newest.schema,
  };
}

const without = (state: CommitState): InspectedCommit => ({ state, tables: [], shardKeys: [], migration: null });

function tablesOf(model: Model, counts: ReturnType<typeof countChangesBetween>): TableChangeCounts[] {
  return [...Map.groupBy(counts, ({ table }) => table)].map(([sqlName, parts]) => {
    const count = (op: 'insert' | 'update' | 'delete') => parts.find((part) => part.op === op)?.count ?? 0;
    const table = model.tables.find((each) => each.sqlName === sqlName)?.typeName ?? sqlName;
    return { table, created: count('insert'), updated: count('update'), deleted: count('delete') };
  });
}
