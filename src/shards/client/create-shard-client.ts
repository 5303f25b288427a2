import { ConcurrencyLimit } from '../../lib/concurrency-limit.ts';
import { systemTimers, type Timers } from '../../lib/timers.ts';
import type { AnswerOf } from '../plan/answer.ts';
import type { PlanNode } from '../plan/node.ts';
import type { AskShards, Read } from '../plan/read.ts';
import { PROTOCOL } from '../protocol/envelope.ts';
import { backupPage, startBackup } from './backups.ts';
import { connect, type ShardConnection } from './connection.ts';
import { inspect } from './inspect.ts';
import { AnswerBudget } from './reading/answer-budget.ts';
import { CallBudget } from './reading/call-budget.ts';
import { explain } from './reading/explain.ts';
import { GatherLoader } from './reading/gather-loader.ts';
import { readKeyed } from './reading/read-keyed.ts';
import { ReadLoader } from './reading/read-loader.ts';
import { readScatter, type ScatterLoaders } from './reading/read-scatter.ts';
import { acrossReleases } from './routing/across-releases.ts';
import { askShard, askStatus, pingShards } from './routing/ask-shards.ts';
import { Deadline } from './routing/deadline.ts';
import { toRouterSettings } from './settings.ts';
import type { ShardClient } from './shard-client.ts';
import type { ShardClientContext, ShardClientOptions } from './shard-client-context.ts';
import { TraceCounter } from './trace-counter.ts';
import { previewCopy, startCopy } from './writing/copy.ts';
import { importRows } from './writing/import-rows.ts';
import { publish } from './writing/publish.ts';
import { recall } from './writing/recall.ts';
import { cancelRestore, listRestores, previewRestore, startRestore, undoRestore } from './writing/restore.ts';
import { undo } from './writing/undo.ts';
import { write } from './writing/write.ts';
import { writeRows } from './writing/write-rows.ts';

export { createRouterState } from './routing/router-state.ts';

/** A client for one request; its deadline begins now. */
export function createShardClient(options: ShardClientOptions): ShardClient {
  const { random = Math.random, enqueueInvalidation = () => {}, recordChange = () => {} } = options;
  const settings = toRouterSettings(options.settings ?? {});
  const timers: Timers = {
    now: options.timers?.now?.bind(options.timers) ?? systemTimers.now,
    setTimer: options.timers?.setTimer?.bind(options.timers) ?? systemTimers.setTimer,
  };
  const { tracer, tellsStatements = tracer?.isSampled ?? false } = options;
  const trace = new TraceCounter(options.meter, tracer);
  const scope: ShardClientContext = {
    ...options,
    settings,
    timers,
    tellsStatements,
    random,
    enqueueInvalidation,
    recordChange,
    deadline: new Deadline(timers, settings.requestDeadlineMs),
    calls: new ConcurrencyLimit(settings.maxConcurrentCalls),
    trace,
  };
  const connection = connect(scope);
  // What is answered from memory reads nothing here.
  let opened: ScatterLoaders | undefined;
  const loaders = (): ScatterLoaders => {
    opened ??= openLoaders(connection);
    return opened;
  };

  const readFresh: AskShards = (read) => {
    if (read.keys.length === 0) return Promise.resolve([]);
    const { shardKeys } = read;
    return acrossReleases(scope, () =>
      shardKeys ? readKeyed(connection, loaders().reads, read, shardKeys) : readScatter(connection, loaders(), read),
    );
  };

  return {
    read: async <Node extends PlanNode>(read: Read<Node>) => {
      const fresh = await readFresh({ ...read, cacheable: false });
      return fresh.map(({ answer }) => answer as AnswerOf<Node>);
    },
    readFresh,
    endingBy: (untilMs, work, late) => scope.deadline.endingBy(untilMs, work, late),
    explain: (read) => acrossReleases(scope, () => explain(connection, read)),
    write: (shardKey, operations, options = {}) => write(connection, shardKey, operations, options),
    writeRows: (rows, options = {}) => writeRows(connection, rows, options),
    recall: (id) => acrossReleases(scope, () => recall(connection, id)),
    importRows: (table, columns, rows, importId) => importRows(connection, table, columns, rows, importId),
    undo: (operationId, range, dryRun) => undo(connection, operationId, range, dryRun),
    previewRestore: (restored, version, range) => previewRestore(connection, restored, version, range),
    startRestore: (restored, version, id) => startRestore(connection, restored, version, id),
    previewCopy: (copied, version) => previewCopy(connection, copied, version),
    startCopy: (copied, version, id) => startCopy(connection, copied, version, id),
    undoRestore: (id, newId) => undoRestore(connection, id, newId),
    cancelRestore: (id) => cancelRestore(connection, id),
    restores: (continues) => listRestores(connection, continues),
    releaseAnswers: () => opened?.answers.releaseAll(),
    observeEpoch: (epoch) => connection.router.observeEpoch(epoch),
    publish: (shard, shardKeys) => publish(connection, shard, shardKeys),
    sampleChanges: async (shard, version) => {
      const sample = await askShard(connection, shard, (stub) => stub.sampleChanges({ protocol: PROTOCOL, version }));
      return sample.changes;
    },
    inspect: (shard, question) => inspect(connection, shard, question),
    recordAudits: async (shard, counts) => {
      await askShard(connection, shard, (stub) => stub.recordAudits({ protocol: PROTOCOL, counts }));
    },
    startBackup: (backedUp) => startBackup(connection, backedUp),
    backupPage: (shard, request) => backupPage(connection, shard, request),
    map: async () => (await connection.router.current()).map,
    ping: (shards) => pingShards(connection, shards),
    status: (countsRows) => askStatus(connection, countsRows),
    trace,
  };
}

function openLoaders(connection: ShardConnection): ScatterLoaders {
  const { settings, timers } = connection.scope;
  const budget = new CallBudget(settings);
  const answers = new AnswerBudget(settings, timers);
  const reads = new ReadLoader(connection, budget, answers);
  return { reads, gathers: new GatherLoader(connection, budget, answers), answers };
}
