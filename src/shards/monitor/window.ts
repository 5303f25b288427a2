import type { Sketch } from '../../lib/quantile-sketch.ts';
import { coarsened, mergeSketches } from '../../lib/quantile-sketch.ts';
import type { Counts } from '../isolate-report.ts';
import { addLags, type LagCounts, NO_LAGS } from '../lag-histogram.ts';
import { Tally, type TallyLimits } from '../tally.ts';
import { addUsage, noUsage, type Usage } from '../usage.ts';

/** What happened in a window. */
export interface WindowCounts {
  readonly counts: Counts;
  /** Of invalidations that shards told of. */
  readonly lag: LagCounts;
}

/** The part of it that plots show: small, so that many can be read at once. */
export interface WindowSummary {
  readonly requests: number;
  readonly failed: number;
  readonly errors: Counts['denials'];
  /** Of GraphQL operations. */
  readonly latency: Sketch;
  readonly hits: number;
  readonly misses: number;
  readonly lag: LagCounts;
  readonly queueAge: Sketch;
  readonly backlog: number | null;
  readonly usage: Usage;
  readonly events: Counts['events'];
}

/** A window that is being filled. */
export class OpenWindow {
  readonly #tally: Tally;
  #lag: LagCounts;

  /** @param stored what it already has; null: nothing. */
  constructor(limits: TallyLimits, stored: WindowCounts | null) {
    this.#tally = new Tally(limits);
    if (stored) this.#tally.add(stored.counts);
    this.#lag = stored?.lag ?? NO_LAGS;
  }

  add({ counts, lag }: WindowCounts): void {
    this.#tally.add(counts);
    this.#lag = addLags(this.#lag, lag);
  }

  get content(): WindowCounts {
    return { counts: this.#tally.toCounts(), lag: this.#lag };
  }
}

/** What of the cache's outcomes is a hit, and what is none. */
function hitsOf({ tables }: Pick<Counts, 'tables'>): { readonly hits: number; readonly misses: number } {
  let [hits, misses] = [0, 0];
  for (const { answers } of tables) {
    for (const outcomes of Object.values(answers)) {
      hits += (outcomes.hit ?? 0) + (outcomes['stale-hit'] ?? 0);
      misses += outcomes.miss ?? 0;
    }
  }
  return { hits, misses };
}

export function summaryOf({ counts, lag }: WindowCounts): WindowSummary {
  const errors: Record<string, number> = {};
  const usage = noUsage();
  let [requests, failed] = [0, 0];
  for (const operation of counts.operations) {
    addUsage(usage, operation.usage);
    if (!isRequest(operation)) continue;
    requests += operation.requests;
    failed += operation.failed;
    for (const [code, times] of Object.entries(operation.errors)) errors[code] = (errors[code] ?? 0) + times;
  }
  return {
    ...{ requests, failed, errors, usage, lag },
    latency: coarsened(mergeSketches(counts.operations.filter(isGraphql).map(({ latency }) => latency)), SUMMARY_BINS),
    ...hitsOf(counts),
    queueAge: coarsened(counts.queue.ageMs, SUMMARY_BINS),
    backlog: counts.queue.backlog,
    events: counts.events,
  };
}

/** Of each sketch of a summary. */
const SUMMARY_BINS = 128;

type Kinded = Pick<Counts['operations'][number], 'kind'>;

const isGraphql = ({ kind }: Kinded): boolean => kind === 'query' || kind === 'mutation';

/** Somebody has sent it. */
const isRequest = (operation: Kinded): boolean => isGraphql(operation) || operation.kind === 'request';
