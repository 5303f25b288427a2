import type { ConcurrencyLimit } from '../../lib/concurrency-limit.ts';
import type { Timers } from '../../lib/timers.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import type { Model } from '../../model/types.ts';
import type { InvalidationEvent } from '../invalidation.ts';
import type { Caller } from '../protocol/envelope.ts';
import type { Change } from '../stamps.ts';
import type { WorkMeter } from '../work-meter.ts';
import type { Deadline } from './routing/deadline.ts';
import type { RouterEnv } from './routing/router-env.ts';
import type { RouterState } from './routing/router-state.ts';
import type { RouterSettings } from './settings.ts';
import type { TraceCounter } from './trace-counter.ts';

/** What a request's client is made with. */
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
  /** Records its calls. Absent: nobody wants to know. */
  readonly tracer?: Tracer | undefined;
  /** Shards tell what each of their statements did. Default: if the trace is sampled. */
  readonly tellsStatements?: boolean;
  /** The system's unless given; whatever is given replaces its part. */
  readonly timers?: Partial<Timers>;
  /** Within [0, 1); `Math.random` unless given. */
  readonly random?: () => number;
  /** Keeps the request alive for work after its answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Called after each commit that left something to be published. Optional: the shards publish late without it. */
  readonly enqueueInvalidation?: ((event: InvalidationEvent) => void) | undefined;
  /** Called after each commit with what it changed, before its write is answered. Optional. */
  readonly recordChange?: (change: Change) => void;
  /** Takes what the calls use. Optional. */
  readonly meter?: WorkMeter | undefined;
}

/** What the parts of one request's client share. */
export interface ShardClientContext extends Required<Omit<ShardClientOptions, 'requestId' | 'meter' | 'tracer'>> {
  readonly settings: RouterSettings;
  readonly requestId?: string;
  readonly meter?: WorkMeter | undefined;
  readonly tracer?: Tracer | undefined;
  readonly timers: Timers;
  readonly enqueueInvalidation: (event: InvalidationEvent) => void;
  readonly deadline: Deadline;
  readonly calls: ConcurrencyLimit;
  readonly trace: TraceCounter;
}
