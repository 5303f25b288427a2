import { type Bare, DEVELOPER, OPERATOR, type Refused } from '../protocol/envelope.ts';
import type { JsonText } from '../protocol/json-text.ts';
import type { ReadRequest } from '../protocol/read.ts';
import type { PublishAnswer, PublishRequest, ShardRpc } from '../protocol/shard-rpc.ts';
import type { WriteRequest } from '../protocol/write.ts';
import type { RestoreTarget } from '../restore.ts';
import type { SqlSession } from '../sql/sql-session.ts';
import { answerReads } from './answer-reads.ts';
import { answerBackup } from './backup/answer-backup.ts';
import { surveyPast } from './backup/survey-past.ts';
import { commit } from './commit/commit.ts';
import { findFirst } from './commit/replay.ts';
import { sampleChanges } from './freshness/sample-changes.ts';
import { gatherReads } from './gather-reads.ts';
import { inspect } from './inspection/inspect.ts';
import { requireOwnTables } from './migrate/own-tables.ts';
import { answerAsOf } from './recovery/as-of.ts';
import { shardStatus } from './reporting/shard-status.ts';
import { ownsKey, type ShardState } from './shard-state.ts';
import { findRecordedKey } from './tables/idempotency-table.ts';
import { readTrimmedVersion } from './tables/log-state-table.ts';

/** What routers, consumers and operators ask for. The rest of the RPCs is the catalog's. */
export type HandledRpc = Exclude<
  keyof ShardRpc,
  | 'setOwnedSlots'
  | 'releaseKeys'
  | 'checkMigrations'
  | 'workOnMigrations'
  | 'applyMigrations'
  | 'findBookmark'
  | 'currentBookmark'
  | 'restoreBookmark'
>;

type Decoded<Value> = Value extends JsonText<infer Inner> ? Inner : Value;
type RequestOf<Name extends HandledRpc> = Decoded<Parameters<ShardRpc[Name]>[0]>;
type AnswerOf<Name extends HandledRpc> = Exclude<Decoded<Awaited<ReturnType<ShardRpc[Name]>>>, Refused>;

/** An answer that was made text piece by piece is complete. */
type HandlerAnswer<Answer> = Bare<Answer> | JsonText<Answer>;

type Handler<Name extends HandledRpc> = (
  shard: ShardState,
  session: SqlSession,
  request: RequestOf<Name>,
) => HandlerAnswer<AnswerOf<Name>> | Promise<HandlerAnswer<AnswerOf<Name>>>;

/**
 * Who answers what. The shard itself sees to the rest: it refuses what it cannot serve, answers failures as data, and adds
 * the epoch and what the work has cost.
 */
export const HANDLERS: { readonly [Name in HandledRpc]: Handler<Name> } = {
  read: readAnyMoment,
  gather: (shard, session, request) =>
    gatherReads(shard.model, request, (read) => readAnyMoment(shard, session, read), shard.askForRead),
  // Whose the shard keys are does not matter: every shard has the same tables.
  explain: ({ plans, ownership }, session, { call }) => ({
    status: 'OK',
    statements: plans.explain(session, call, { visibleOnly: ownership.hidesRows }),
  }),
  write: writeRecalled,
  recall: ({ ownership }, session, { id, repeated }) => {
    if (repeated) findFirst(session, { id, fingerprint: repeated.fingerprint }, repeated.shardKey);
    const { ranges: slots, placedAway } = ownership;
    return { status: 'OK', slots, placedAway, shardKey: findRecordedKey(session, id) };
  },
  publish: publishStamps,
  ping: () => ({ status: 'OK' }),
  status: shardStatus,
  sampleChanges: (shard, session, { version }) => ({ status: 'OK', changes: sampleChanges(shard, session, version) }),
  previewRestore: async ({ restorer, ownership, migrations }, session, { target, range }) => {
    requireOwnTables(session, migrations, 'restores');
    if (!ownsTarget(ownership, target)) return { status: 'WRONG_SHARD' };
    return { status: 'OK', preview: await restorer.preview(target, range) };
  },
  beginRestore: async ({ restorer, ownership, migrations }, session, { id, target, checksOnly }) => {
    requireOwnTables(session, migrations, 'restores');
    if (!ownsTarget(ownership, target)) return { status: 'WRONG_SHARD' };
    return { status: 'OK', restores: await restorer.begin(id, target, checksOnly) };
  },
  continueRestores: async ({ restorer }) => ({ status: 'OK', restores: await restorer.continue() }),
  cancelRestore: ({ restorer }, _session, { id }) => ({ status: 'OK', restores: restorer.cancel(id) }),
  restores: ({ restorer }) => ({ status: 'OK', restores: restorer.list() }),
  backup: async (shard, session, request) => {
    requireOwnTables(session, shard.migrations, 'backups');
    if (request.part === 'survey') return { status: 'OK', survey: await surveyPast(shard, session, request) };
    return answerBackup(shard, session, request);
  },
  inspect: (shard, session, { question }) => {
    requireOwnTables(session, shard.migrations, 'reads of its log');
    return { status: 'OK', answer: inspect(shard, session, question) };
  },
  recordAudits: ({ audits }, _session, { counts }) => {
    audits.add(counts);
    return { status: 'OK' };
  },
};

/** Their requests and answers cross the RPC boundary as JSON text. */
export const TEXT_RPCS: ReadonlySet<string> = new Set<HandledRpc>(['read', 'gather', 'explain']);

function readAnyMoment(
  shard: ShardState,
  session: SqlSession,
  request: ReadRequest,
): ReturnType<typeof answerReads> | Promise<ReturnType<typeof answerReads>> {
  if (request.asOf === undefined) return answerReads(shard, session, request);
  return readRecalled(shard, session, { ...request, asOf: request.asOf });
}

/** What an undo takes back may have been trimmed: then it is brought back first. */
function writeRecalled(
  shard: ShardState,
  session: SqlSession,
  request: WriteRequest,
): ReturnType<typeof commit> | Promise<ReturnType<typeof commit>> {
  const undo = request.operations.find((operation) => operation.kind === 'undo');
  if (undo !== undefined) requireOwnTables(session, shard.migrations, 'undo');
  if (undo === undefined || undo.version > readTrimmedVersion(session)) return commit(shard, session, request);
  // The commit says why.
  if (!shard.logRecall.reaches(undo.version - 1)) return commit(shard, session, request);
  return shard.logRecall.recall(undo.version - 1).then(() => commit(shard, session, request));
}

/** The same for reads of the past by operators. Others see as far back as the log is kept: what is archived costs time to bring back. */
function readRecalled(
  shard: ShardState,
  session: SqlSession,
  request: Parameters<typeof answerAsOf>[2],
): ReturnType<typeof answerAsOf> | Promise<ReturnType<typeof answerAsOf>> {
  const { asOf, caller } = request;
  requireOwnTables(session, shard.migrations, 'reads of the past');
  const mayRecall = caller.role === OPERATOR.role || caller.role === DEVELOPER.role;
  if (asOf >= readTrimmedVersion(session) || !mayRecall || !shard.logRecall.reaches(asOf)) {
    return answerAsOf(shard, session, request);
  }
  return shard.logRecall.recall(asOf).then(() => answerAsOf(shard, session, request));
}

function ownsTarget(ownership: ShardState['ownership'], target: RestoreTarget): boolean {
  if ('copyOf' in target) return ownsKey({ ownership }, target.as);
  return !('shardKeys' in target) || (target.shardKeys?.every((key) => ownsKey({ ownership }, key)) ?? true);
}

/** Puts stamps to KV, and names the cached answers that should be filled again. */
async function publishStamps(
  { publisher, freshness }: ShardState,
  _session: SqlSession,
  { shardKeys }: PublishRequest,
): Promise<Bare<PublishAnswer>> {
  const left = (await publisher?.publish(shardKeys)) ?? [];
  const hot = freshness.takeHotReads(shardKeys.filter((key) => !left.includes(key)));
  return { status: 'OK', left, ...(hot.length > 0 && { hot }) };
}
