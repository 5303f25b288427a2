import type { ConcurrencyLimit } from '../../lib/concurrency-limit.ts';
import type { Timers } from '../../lib/timers.ts';
import type { Model } from '../../model/types.ts';
import type { InvalidationEvent } from '../invalidation.ts';
import type { Caller } from '../protocol/envelope.ts';
import type { Change } from '../stamps.ts';
import type { Deadline } from './routing/deadline.ts';
import type { RouterEnv } from './routing/router-env.ts';
import type { RouterState } from './routing/router-state.ts';
import type { RouterSettings } from './settings.ts';
import type { TraceCounter } from './trace-counter.ts';

/** What the parts of one request's client share. */
export interface ShardClientContext {
  readonly model: Model;
  readonly env: RouterEnv;
  /** The isolate's. */
  readonly state: RouterState;
  readonly settings: RouterSettings;
  readonly caller: Caller;
  readonly requestId: string | undefined;
  readonly timers: Timers;
  /** Within [0, 1). */
  readonly random: () => number;
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Called after each commit that left something to be published. */
  readonly enqueueInvalidation: (event: InvalidationEvent) => void;
  /** Called after each commit with what it changed. */
  readonly recordChange: (change: Change) => void;
  readonly deadline: Deadline;
  readonly calls: ConcurrencyLimit;
  readonly trace: TraceCounter;
}
