import { Counter } from './counter.ts';
import { type Event, type EventOf, type EventType, KV_OPERATIONS } from './event.ts';

/** Counts of an isolate's events since it started; `/metrics` shows them. */
export class EventCounters {
  readonly cacheAnswers = new Counter('event', 'layer', 'table');
  readonly cacheKvOperations = new Counter('operation');

  constructor() {
    // From zero on, so that a first failure is a rise.
    for (const operation of KV_OPERATIONS) this.cacheKvOperations.add([operation], 0);
  }

  /** A sink of reporters. */
  readonly count = (event: Event): void => {
    const add = COUNTS[event.type] as ((counters: EventCounters, event: Event) => void) | null;
    add?.(this, event);
  };
}

/** How each event is counted; null: it is only logged. */
const COUNTS: {
  readonly [Type in EventType]: ((counters: EventCounters, event: EventOf<Type>) => void) | null;
} = {
  'cache-answer': ({ cacheAnswers }, { outcome, layer, table }) => cacheAnswers.add([outcome, layer, table]),
  'cache-kv-operation': ({ cacheKvOperations }, { operation, times }) => cacheKvOperations.add([operation], times),
  'request-failed': null,
  'cache-inconsistency': null,
  'cache-audit-failed': null,
  'invalidations-not-sent': null,
  'publish-not-requested': null,
  'shard-unavailable': null,
  'shard-request-failed': null,
  'migration-failed': null,
  'stamps-not-put': null,
  'publishing-failed': null,
  'task-failed': null,
  'read-back-failed': null,
  'map-not-published': null,
};
