import { ShardQLError } from '../../errors.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import type { ShardState } from '../shard-state.ts';
import { stopClock } from '../tables/clock-table.ts';
import { countChanges, type LogSpan, readChangedTables, spanOf } from '../tables/log-spans.ts';
import { dropOwnTriggers } from './own-triggers.ts';
import { type PastSchema, pastSchema } from './past-schema.ts';
import { putVersionsBack, readPastVersions } from './past-versions.ts';
import { dropTableTriggers } from './table-triggers.ts';
import { settleReferences, takeBack } from './take-back.ts';

export interface PastLimits {
  /** Changes that one look takes back at most: the shard does nothing else meanwhile, at some 10 µs each. */
  readonly changes: number;
  /** Log rows that are looked through for those of the shard keys, at most. */
  readonly logRows: number;
}

const MAX_CHANGES = 50_000;
const MAX_LOG_ROWS = 1_000_000;
export const PAST_LIMITS: PastLimits = { changes: MAX_CHANGES, logRows: MAX_LOG_ROWS };

/** To have no triggers takes a few milliseconds, and saves most of the time that a change takes. */
const FEW_CHANGES = 1_000;

/** So many changes that a restore has taken back already take the time of one: versions alone are read of them. */
const CHANGES_OF_ONE = 4;

/** Which moment is looked at. */
interface Past {
  readonly asOf: Version;
  /** The changes since. */
  readonly span: LogSpan;
  readonly limits: PastLimits;
  /** Full-text indexes are asked for: they have to follow. */
  readonly searches: boolean;
}

/** Rolls the transaction back, and carries what was seen out of it. */
class Seen<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('The past has been looked at.');
    this.result = result;
  }
}

/**
 * Takes rows back to a moment in a transaction, looks at them as at any rows, and rolls back.
 *
 * @throws ShardQLError OPERATION_LIMIT_EXCEEDED if too much was changed since, CONFLICT if a migration is in between.
 */
export function lookBack<T>(
  { model, migrations, storage }: Pick<ShardState, 'model' | 'migrations' | 'storage'>,
  session: SqlSession,
  { asOf, span, limits, searches }: Past,
  look: () => T,
): T {
  const changes = countFew(session, span, limits);
  const schema = pastSchema(model, migrations);
  const versions = readPastVersions(session, span.without, schema);
  try {
    return storage.transactionSync(() => {
      stopClock(session);
      dropOwnTriggers(session);
      if (changes > FEW_CHANGES) dropTableTriggers(session, changedTables(session, span, schema), searches);
      takeBack(session, span, { schema, versions: 'THEN' });
      putVersionsBack(session, versions, asOf);
      throw new Seen(look());
    });
  } catch (error) {
    if (error instanceof Seen) return error.result as T;
    throw error;
  } finally {
    settleReferences(session);
  }
}

/** By their names in SQL. */
const changedTables = (session: SqlSession, span: LogSpan, schema: PastSchema): string[] =>
  readChangedTables(session, span).flatMap(({ table, schema: written }) => {
    const since = schema(table, written);
    return 'changed' in since ? [] : [since.table.sqlName];
  });

/** @throws ShardQLError OPERATION_LIMIT_EXCEEDED */
function countFew(session: SqlSession, span: LogSpan, most: PastLimits): number {
  const logRows = span.upTo - span.after;
  if (logRows > most.logRows) throw tooMuch(most.logRows, logRows, 'in the shard');
  const count = (limit: number) =>
    countChanges(session, span, limit) +
    Math.ceil(span.without.reduce((sum, part) => sum + countChanges(session, spanOf(part), limit), 0) / CHANGES_OF_ONE);
  const changes = count(most.changes);
  if (changes <= most.changes) return changes;
  throw tooMuch(most.changes, count(most.logRows), 'of what is read');
}

const tooMuch = (most: number, got: number, where: string): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected at most ${most.toLocaleString('en-US')} changes ${where} since the time of @asOf, but got ${got.toLocaleString('en-US')}. Give a later time, or a shard key.`,
  );
