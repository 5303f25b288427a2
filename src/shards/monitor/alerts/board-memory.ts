import { type AuditCount, addAudits } from '../../audit-count.ts';
import type { CapacitySettings } from '../../capacity.ts';
import type { Counts } from '../../isolate-report.ts';
import type { LagCounts } from '../../lag-histogram.ts';
import type { MonitoredShard } from '../../protocol/monitor-rpc.ts';
import { totalCounts } from '../../shard-counts.ts';
import type { MonitorState, ReleaseCounts } from '../monitor-state.ts';
import type { AlertStore } from './alert-store.ts';
import { NOTHING_USUAL, type UsualRates, withPeriod } from './usual-rates.ts';

/** What has come since the last look. */
export interface Seen {
  readonly counts: Counts;
  readonly lags: LagCounts;
  readonly releases: readonly Omit<ReleaseCounts, 'sinceMs'>[];
  readonly shards: readonly MonitoredShard[];
  /** See `MonitorState`. Null: nobody has told. */
  readonly hasQueue: boolean | null;
}

interface Memory {
  readonly atMs: number;
  readonly usual: UsualRates;
  /** What all shards had counted. Null: nothing had been looked at yet. */
  readonly audits: readonly AuditCount[] | null;
  readonly releases: readonly { readonly release: string; readonly sinceMs: number }[];
  /** As isolates have told last. Absent: none has. */
  readonly hasQueue?: boolean;
}

const NOTHING: Memory = { atMs: 0, usual: NOTHING_USUAL, audits: null, releases: [] };

/** Versions of the Worker that are remembered, the latest ones. */
const MAX_RELEASES = 10;

interface MemoryOptions {
  readonly store: Pick<AlertStore, 'value' | 'keep'>;
  readonly capacity: CapacitySettings;
  /** Time between looks while something is reported, in milliseconds. */
  readonly periodMs: number;
}

/** What is remembered from look to look: what is usual, and what was there before. */
export class BoardMemory {
  readonly #options: MemoryOptions;
  #memory: Memory;

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.#memory = options.store.value<Memory>('memory') ?? NOTHING;
  }

  /** What rules look at: what has come, beside what was before. From now on, what has come was before. */
  look(seen: Seen, nowMs: number): MonitorState {
    const { capacity, periodMs, store } = this.#options;
    const before = this.#memory;
    // An alarm is set when something comes, so looks may be further apart; after a time without reports, those that have come are recent.
    const recentMs = Math.min(2 * periodMs, nowMs - before.atMs);
    const audits = seen.shards.reduce<readonly AuditCount[]>(
      (sum, { counts }) => addAudits(sum, totalCounts(counts).audits),
      [],
    );
    const releases = withReleases(before.releases, seen.releases, nowMs);
    const hasQueue = seen.hasQueue ?? before.hasQueue ?? true;
    const usual = withPeriod(before.usual, seen.counts, recentMs, nowMs);
    this.#memory = { atMs: nowMs, usual, audits, releases, hasQueue };
    store.keep('memory', this.#memory);
    return {
      ...{ nowMs, recentMs, capacity, hasQueue, recent: seen.counts, lags: seen.lags, shards: seen.shards },
      audits: before.audits === null ? [] : auditsSince(before.audits, audits),
      releases: releases.map((each) => ({ ...NO_REQUESTS, ...seen.releases.find(isOf(each)), ...each })),
      usual: before.usual,
    };
  }
}

const NO_REQUESTS = { requests: 0, failed: 0 };

const isOf =
  ({ release }: { readonly release: string }) =>
  (counts: { readonly release: string }) =>
    counts.release === release;

function withReleases(known: Memory['releases'], seen: Seen['releases'], nowMs: number): Memory['releases'] {
  const added = seen.filter((counts) => !known.some(isOf(counts))).map(({ release }) => ({ release, sinceMs: nowMs }));
  return [...known, ...added].slice(-MAX_RELEASES);
}

/** What is counted beyond what was. */
const auditsSince = (before: readonly AuditCount[], after: readonly AuditCount[]): AuditCount[] =>
  addAudits(
    after,
    before.map((each) => ({ ...each, count: -each.count })),
  ).filter(({ count }) => count > 0);
