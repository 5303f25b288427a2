import type { Model, TableModel, WireValue } from '../../../model/types.ts';
import { storedToWire } from '../../../model/values/stored-to-wire.ts';
import { OtherRelease, ShardQLError } from '../../errors.ts';
import { type LoneOperation, loneOperation } from '../../lone-write.ts';
import type { RowOutcome, RowsWritten } from '../../operation.ts';
import type { RowAnswer } from '../../plan/answer.ts';
import { toJsonText } from '../../protocol/json-text.ts';
import type { WriteRequest } from '../../protocol/write.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { decodeImage } from '../log/row-image.ts';
import { lookBack, PAST_LIMITS } from '../recovery/look-back.ts';
import { changesSince } from '../recovery/past-point.ts';
import { pastSchema } from '../recovery/past-schema.ts';
import { underModel } from '../recovery/past-values.ts';
import type { ShardState } from '../shard-state.ts';
import { readFirstChange } from '../tables/log-commits.ts';
import type { LogSpan } from '../tables/log-spans.ts';
import { findCommit, type LogEntry, readLastLogSeq } from '../tables/log-table.ts';
import type { Committed } from '../tables/operations-table.ts';
import { tableOf } from './commit-scope.ts';
import { isTimely } from './logged-outcomes.ts';
import { type PendingResult, readSelection } from './results.ts';

const OUTCOMES: Readonly<Record<Exclude<LoneOperation['kind'], 'upsert'>, RowOutcome>> = {
  create: 'INSERTED',
  update: 'UPDATED',
  delete: 'DELETED',
};

/** An upsert may have done either. `op`: what its commit has logged of the row first. */
const outcomeOf = ({ kind }: LoneOperation, op: LogEntry['op']): RowOutcome =>
  kind === 'upsert' ? (op === 'insert' ? 'INSERTED' : 'UPDATED') : OUTCOMES[kind];

/** A commit that is about to stand. */
interface Applied {
  readonly version: Version;
  readonly pending: readonly PendingResult[];
  /** Seq of the newest log row before it. */
  readonly seq: number;
  readonly nowMs: number;
}

/**
 * The first change that a commit has logged, if its answer can be worked out again from the log; null: it has to be stored. Routers
 * must say that they know of it; the operation is one on one row, which the log names first of its table.
 */
export function rememberingChange(
  { model }: Pick<ShardState, 'model'>,
  session: SqlSession,
  { operations, rememberedByLog = false, idempotency }: WriteRequest,
  { version, pending, seq, nowMs }: Applied,
): LogEntry | null {
  const operation = loneOperation(operations);
  if (!rememberedByLog || idempotency !== undefined || operation === null || !isTimely(version, nowMs)) return null;
  const table = tableOf(model, operation.table);
  const change = readFirstChange(session, seq, version, table.sqlName);
  const key = change && toWireKey(table, decodeImage(change.pk));
  const isTold = key && JSON.stringify([key]) === JSON.stringify(keysOf(pending[0]!));
  return isTold && toldOutcome(pending[0]!) === outcomeOf(operation, change.op) ? change : null;
}

const keysOf = (pending: PendingResult) => ('result' in pending ? pending.removed : pending.primaryKeys);

const toldOutcome = (pending: PendingResult): RowOutcome | undefined => {
  const { outcomes } = 'result' in pending ? (pending.result as Partial<RowsWritten>) : pending;
  return outcomes?.[0];
};

type StoredKey = Parameters<typeof storedToWire>[1];

/** Null: it lacks columns. */
function toWireKey({ primaryKey }: TableModel, values: ReadonlyMap<string, StoredKey>): readonly WireValue[] | null {
  const stored = primaryKey.columns.map((column) => ({ column, value: values.get(column.sqlName) }));
  if (stored.some(({ value }) => value === undefined)) return null;
  return stored.map(({ column, value }) => storedToWire(column, value!));
}

/**
 * The answer of a commit that only the log remembers: its selection on rows as they were right after it, of a delete right before.
 * What has happened since is taken back for that moment; answers are never those of rows as they are now.
 *
 * @throws ShardQLError SHARD_UNAVAILABLE, not to be tried again, if they cannot be taken back.
 */
export function answerAgain(
  shard: ShardState,
  session: SqlSession,
  version: Version,
  request: WriteRequest,
): Committed {
  const operation = loneOperation(request.settles ?? request.operations);
  const again = operation && resultOf(shard, session, version, request.shardKeys as readonly ShardKey[], operation);
  if (again === null) throw answerLost();
  return { version, results: toJsonText([again]) };
}

/** Null: it cannot be told. */
function resultOf(
  shard: ShardState,
  session: SqlSession,
  version: Version,
  shardKeys: readonly ShardKey[],
  operation: LoneOperation,
): RowsWritten | null {
  const { kind, table, select } = operation;
  if (select === null && kind !== 'upsert') return { outcomes: [OUTCOMES[kind]], rows: [] };
  const { plans, ownership } = shard;
  try {
    const written = writtenAt(shard, session, version, tableOf(shard.model, table));
    if (written === null) return null;
    const { key, op } = written;
    const withRows = (rows: readonly (RowAnswer | null)[]) => ({ outcomes: [outcomeOf(operation, op)], rows });
    if (select === null) return withRows([]);
    const asOf = kind === 'delete' ? version - 1 : version;
    const span = changesSince(session, asOf, shardKeys);
    const scope = { plans, session, shardKeys: new Set(shardKeys), visibleOnly: ownership.hidesRows };
    const read = () => readSelection(scope, { select, primaryKeys: [key] });
    const past = { asOf, span, limits: PAST_LIMITS, searches: plans.searches(select.plan) };
    return withRows(isEmpty(span) ? read() : lookBack(shard, session, past, read));
  } catch (error) {
    if (error instanceof ShardQLError && !(error instanceof OtherRelease)) return null;
    throw error;
  }
}

const isEmpty = ({ after, upTo }: LogSpan): boolean => after >= upTo;

/** The primary key of the row that a lone operation of the commit was about, and what became of it; null: the log does not tell. */
function writtenAt(
  { model, migrations }: { readonly model: Model } & Pick<ShardState, 'migrations'>,
  session: SqlSession,
  version: Version,
  table: TableModel,
): { readonly key: readonly WireValue[]; readonly op: LogEntry['op'] } | null {
  const { first } = findCommit(session, readLastLogSeq(session), version);
  const schema = pastSchema(model, migrations);
  const change = readFirstChange(session, first - 1, version, table.sqlName);
  if (change === null) return null;
  const since = schema(change.table, change.schema);
  const key = 'changed' in since ? null : toWireKey(table, underModel(since, decodeImage(change.pk)));
  return key && { key, op: change.op };
}

const answerLost = (): ShardQLError =>
  new ShardQLError(
    'SHARD_UNAVAILABLE',
    'Expected the answer of an earlier attempt, but got rows that have changed too much since to tell it.',
    { retryable: false },
  );
