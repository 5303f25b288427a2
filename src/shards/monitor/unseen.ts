import type { Counts } from '../isolate-report.ts';
import { addLags, NO_LAGS } from '../lag-histogram.ts';
import { Tally } from '../tally.ts';
import type { Seen } from './alerts/board-memory.ts';
import { faultsOf } from './alerts/rules/error-rate.ts';
import { requestsOf } from './alerts/usual-rates.ts';
import type { KnownIsolate } from './state-store.ts';
import type { WindowCounts } from './window.ts';
import { TOTAL_LIMITS } from './window-levels.ts';

/** What has come and was not looked at for alerts. It is kept in memory, and in the log of reports that are not folded. */
export class Unseen {
  #tally = new Tally(TOTAL_LIMITS);
  #lags = NO_LAGS;
  #releases = new Map<string, { requests: number; failed: number }>();
  #hasQueue: boolean | null = null;

  /** @param from the isolate that tells it; null: it is of shards. */
  add({ counts, lag }: WindowCounts, from: Pick<KnownIsolate, 'release' | 'hasQueue'> | null): void {
    this.#tally.add(counts);
    this.#lags = addLags(this.#lags, lag);
    this.#hasQueue = from?.hasQueue ?? this.#hasQueue;
    if (from !== null && from.release !== null) this.#addRelease(from.release, counts);
  }

  take(): Omit<Seen, 'shards'> {
    const taken = {
      counts: this.#tally.toCounts(),
      lags: this.#lags,
      releases: [...this.#releases].map(([release, counts]) => ({ release, ...counts })),
      hasQueue: this.#hasQueue,
    };
    this.#tally = new Tally(TOTAL_LIMITS);
    this.#lags = NO_LAGS;
    this.#releases = new Map();
    this.#hasQueue = null;
    return taken;
  }

  #addRelease(release: string, counts: Counts): void {
    const known = this.#releases.get(release) ?? { requests: 0, failed: 0 };
    const failed = counts.operations.reduce((sum, operation) => sum + faultsOf(operation), 0);
    this.#releases.set(release, { requests: known.requests + requestsOf(counts), failed: known.failed + failed });
  }
}
