import { Counter } from './counter.ts';
import { type Event, KV_OPERATIONS } from './event.ts';

/** Counts of an isolate's events since they were last {@link EventCounters.reset told to the monitor}, or since it started. */
export class EventCounters {
  readonly cacheAnswers = new Counter('event', 'layer', 'table');
  readonly cacheKvOperations = new Counter('operation');
  readonly denials = new Counter('code');

  constructor() {
    this.#begin();
  }

  reset(): void {
    for (const counter of [this.cacheAnswers, this.cacheKvOperations, this.denials]) counter.clear();
    this.#begin();
  }

  #begin(): void {
    // From zero on, so that a first failure is a rise.
    for (const operation of KV_OPERATIONS) this.cacheKvOperations.add([operation], 0);
  }

  /** A sink of reporters. What is not counted is logged (`LEVELS`). */
  readonly count = (event: Event): void => {
    if (event.type === 'cache-answer') this.cacheAnswers.add([event.outcome, event.layer, event.table]);
    if (event.type === 'request-denied') this.denials.add([event.code]);
    if (event.type === 'cache-kv-operation') this.cacheKvOperations.add([event.operation], event.times);
  };
}
