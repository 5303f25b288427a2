import type { Bare, Refused } from '../protocol/envelope.ts';
import type { JsonText } from '../protocol/json-text.ts';
import type { PublishAnswer, PublishRequest, ShardRpc } from '../protocol/shard-rpc.ts';
import type { WriteRequest } from '../protocol/write.ts';
import type { SqlSession } from '../sql/sql-session.ts';
import { answerReads } from './answer-reads.ts';
import { commit } from './commit/commit.ts';
import { findFirst } from './commit/replay.ts';
import { sampleChanges } from './freshness/sample-changes.ts';
import { answerAsOf } from './recovery/as-of.ts';
import { shardMetrics, shardStatus } from './report.ts';
import type { ShardState } from './shard-state.ts';
import { findRecordedKey } from './tables/idempotency-table.ts';
import { readTrimmedVersion } from './tables/log-state-table.ts';

/** What routers, consumers and operators ask for. The rest of the RPCs is the catalog's. */
export type HandledRpc = Exclude<keyof ShardRpc, 'setOwnedSlots' | 'checkMigrations' | 'applyMigrations'>;

type Decoded<Value> = Value extends JsonText<infer Inner> ? Inner : Value;
type RequestOf<Name extends HandledRpc> = Decoded<Parameters<ShardRpc[Name]>[0]>;
type AnswerOf<Name extends HandledRpc> = Exclude<Decoded<Awaited<ReturnType<ShardRpc[Name]>>>, Refused>;

/** An answer that was made text piece by piece is complete. */
type Handler<Name extends HandledRpc> = (
  shard: ShardState,
  session: SqlSession,
  request: RequestOf<Name>,
) => Bare<AnswerOf<Name>> | Promise<Bare<AnswerOf<Name>>> | JsonText<AnswerOf<Name>>;

/**
 * Who answers what. The shard itself sees to the rest: it refuses what it cannot serve, answers failures as data, and adds
 * the epoch and what the work has cost.
 */
export const HANDLERS: { readonly [Name in HandledRpc]: Handler<Name> } = {
  read: (shard, session, request) =>
    request.asOf === undefined
      ? answerReads(shard, session, request)
      : answerAsOf(shard, session, { ...request, asOf: request.asOf }),
  // Whose the shard keys are does not matter: every shard has the same tables.
  explain: ({ plans, ownership }, session, { call }) => ({
    status: 'OK',
    statements: plans.explain(session, call, { visibleOnly: ownership.hidesRows }),
  }),
  write: writeRecalled,
  recall: ({ ownership }, session, { id, repeated }) => {
    if (repeated) findFirst(session, { id, fingerprint: repeated.fingerprint }, repeated.shardKey);
    return { status: 'OK', slots: ownership.ranges, shardKey: findRecordedKey(session, id) };
  },
  publish: publishStamps,
  status: shardStatus,
  metrics: shardMetrics,
  sampleChanges: (shard, session, { version }) => ({ status: 'OK', changes: sampleChanges(shard, session, version) }),
  recordAudits: ({ audits }, _session, { counts }) => {
    audits.add(counts);
    return { status: 'OK' };
  },
};

/** Their requests and answers cross the RPC boundary as JSON text. */
export const TEXT_RPCS: ReadonlySet<string> = new Set<HandledRpc>(['read', 'explain']);

/** What an undo takes back may have been trimmed: then it is brought back first. */
function writeRecalled(
  shard: ShardState,
  session: SqlSession,
  request: WriteRequest,
): ReturnType<typeof commit> | Promise<ReturnType<typeof commit>> {
  const undo = request.operations.find((operation) => operation.kind === 'undo');
  if (undo === undefined || undo.version > readTrimmedVersion(session)) return commit(shard, session, request);
  // The commit says why.
  if (!shard.logRecall.reaches(undo.version - 1)) return commit(shard, session, request);
  return shard.logRecall.recall(undo.version - 1).then(() => commit(shard, session, request));
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
