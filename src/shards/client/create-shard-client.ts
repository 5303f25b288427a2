import { ConcurrencyLimit } from '../../lib/concurrency-limit.ts';
import { systemTimers, type Timers } from '../../lib/timers.ts';
import type { Model } from '../../model/types.ts';
import type { InvalidationEvent } from '../invalidation.ts';
import type { AnswerOf } from '../plan/answer.ts';
import type { PlanNode } from '../plan/node.ts';
import type { AskShards, Read } from '../plan/read.ts';
import { type Caller, PROTOCOL } from '../protocol.ts';
import type { Change } from '../stamps.ts';
import { askAllShards } from './ask-all-shards.ts';
import { askShard } from './ask-shard.ts';
import { Deadline } from './deadline.ts';
import { explain } from './explain.ts';
import { importRows } from './import-rows.ts';
import { publish } from './publish.ts';
import { readKeyed } from './read-keyed.ts';
import { ReadLoader } from './read-loader.ts';
import { readScatter } from './read-scatter.ts';
import type { RequestScope } from './request-scope.ts';
import { Router } from './router.ts';
import type { RouterEnv } from './router-env.ts';
import type { RouterState } from './router-state.ts';
import { type RouterSettings, toRouterSettings } from './settings.ts';
import { ShardCaller } from './shard-caller.ts';
import type { ShardClient } from './shard-client.ts';
import { TraceCounter } from './trace-counter.ts';
import { write } from './write.ts';

export { createRouterState } from './router-state.ts';

export interface ShardClientOptions {
  readonly model: Model;
  readonly env: RouterEnv;
  /** The isolate's, of `createRouterState()`. */
  readonly state: RouterState;
  /** Those that differ from the defaults. */
  readonly settings?: Partial<RouterSettings>;
  readonly caller: Caller;
  /** Shards log failures under it. */
  readonly requestId?: string;
  /** The system's unless given; whatever is given replaces its part. */
  readonly clock?: Partial<Timers>;
  /** Within [0, 1); `Math.random` unless given. */
  readonly random?: () => number;
  /** Keeps the request alive for work after its answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Called after each commit that left something to be published. Optional: the shards publish late without it. */
  readonly enqueueInvalidation?: ((event: InvalidationEvent) => void) | undefined;
  /** Called after each commit with what it changed, before its write is answered. Optional. */
  readonly recordChange?: (change: Change) => void;
}

/** A client for one request; its deadline begins now. */
export function createShardClient(options: ShardClientOptions): ShardClient {
  const { model, env, state, caller, waitUntil, random = Math.random } = options;
  const { enqueueInvalidation = () => {}, recordChange = () => {} } = options;
  const settings = toRouterSettings(options.settings ?? {});
  const clock: Timers = {
    now: options.clock?.now?.bind(options.clock) ?? systemTimers.now,
    setTimer: options.clock?.setTimer?.bind(options.clock) ?? systemTimers.setTimer,
  };
  const trace = new TraceCounter();
  const scope: RequestScope = {
    model,
    env,
    state,
    settings,
    caller,
    requestId: options.requestId,
    clock,
    random,
    waitUntil,
    enqueueInvalidation,
    recordChange,
    deadline: new Deadline(clock, settings.requestDeadlineMs),
    calls: new ConcurrencyLimit(settings.maxConcurrentCalls),
    trace,
  };
  const router = new Router(scope);
  const calls = new ShardCaller(scope);
  const loader = new ReadLoader(scope, router, calls);
  const calling = { deadline: scope.deadline, router, caller: calls };

  const readFresh: AskShards = async (read) => {
    if (read.keys.length === 0) return [];
    return read.shardKeys
      ? await readKeyed(read, read.shardKeys, router, loader)
      : await readScatter(read, model, settings, router, loader);
  };

  return {
    read: async <Node extends PlanNode>(read: Read<Node>) => {
      const answers = await readFresh({ ...read, cacheable: false });
      return answers.map(({ answer }) => answer as AnswerOf<Node>);
    },
    readFresh,
    explain: (read) => explain(read, model, scope, router, calls),
    write: (shardKey, operations, readBack = null) => write(shardKey, operations, readBack, scope, router, calls),
    importRows: (table, columns, rows, importId) => importRows(table, columns, rows, importId, scope, router, calls),
    heardOf: (epoch) => router.heardOf(epoch),
    publish: (shard, shardKeys) => publish(shard, shardKeys, scope, router, calls),
    sampleChanges: async (shard, version) => {
      const sample = await askShard(shard, (stub) => stub.sampleChanges({ protocol: PROTOCOL, version }), calling);
      return sample.changes;
    },
    recordAudits: async (shard, counts) => {
      await askShard(shard, (stub) => stub.recordAudits({ protocol: PROTOCOL, counts }), calling);
    },
    status: () => askAllShards((stub) => stub.status(), scope, router, calls),
    metrics: () => askAllShards((stub) => stub.metrics(), scope, router, calls),
    trace,
  };
}
