import { coarsened } from '../../lib/quantile-sketch.ts';
import { type CodeCounts, type Counts, OTHER } from '../isolate-report.ts';
import { Tally } from '../tally.ts';
import type { WindowCounts } from './window.ts';
import type { WindowLevel } from './window-levels.ts';

/** By how much a window is narrowed: bins of each sketch, error codes of each operation and shard, and the part of its limits that it keeps. */
interface Width {
  readonly bins: number;
  readonly codes: number;
  readonly part: number;
}

/** One after another, until its row has room for it. */
const WIDTHS: readonly Width[] = [
  { bins: 64, codes: Infinity, part: 1 },
  { bins: 32, codes: Infinity, part: 1 },
  { bins: 16, codes: Infinity, part: 1 },
  { bins: 16, codes: 4, part: 1 },
  { bins: 16, codes: 4, part: 1 / 2 },
  { bins: 16, codes: 4, part: 1 / 4 },
  { bins: 16, codes: 4, part: 1 / 16 },
];

/**
 * A window as JSON text of at most the bytes of its level, however much clients send. Its sums stay exact: quantiles are coarser then,
 * and less is kept apart.
 */
export function windowText(content: WindowCounts, { limits, maxBytes }: WindowLevel): string {
  let text = '';
  for (const width of WIDTHS) {
    const { part } = width;
    const counts = part === 1 ? content.counts : within(content.counts, limits, part);
    text = JSON.stringify({ ...content, counts: narrowed(counts, width) } satisfies WindowCounts);
    if (bytesOf(text) <= maxBytes) break;
  }
  return text;
}

const narrowed = (counts: Counts, { bins, codes }: Width): Counts => ({
  ...counts,
  operations: counts.operations.map((each) => ({
    ...each,
    errors: mostOf(each.errors, codes),
    latency: coarsened(each.latency, bins),
  })),
  shards: counts.shards.map((each) => ({
    ...each,
    codes: mostOf(each.codes, codes),
    latency: coarsened(each.latency, bins),
  })),
  queue: { ...counts.queue, ageMs: coarsened(counts.queue.ageMs, bins) },
});

/** The codes that were counted most, and the rest together. */
function mostOf(counts: CodeCounts, kept: number): CodeCounts {
  const codes = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (codes.length <= kept) return counts;
  const most = Object.fromEntries(codes.slice(0, kept));
  for (const [, times] of codes.slice(kept)) most[OTHER] = (most[OTHER] ?? 0) + times;
  return most;
}

function within(counts: Counts, limits: WindowLevel['limits'], part: number): Counts {
  const [operations, shards, keys, tables] = [limits.operations, limits.shards, limits.keys, limits.tables].map(
    (limit) => Math.ceil(limit * part),
  ) as [number, number, number, number];
  const tally = new Tally({ operations, shards, keys, tables });
  tally.add(counts);
  return tally.toCounts();
}

/** In UTF-8, as SQLite stores it. */
const bytesOf = (text: string): number => new TextEncoder().encode(text).byteLength;
