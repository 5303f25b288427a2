import { QuantileSketch } from '../../../lib/quantile-sketch.ts';
import { MIGRATING } from '../../errors.ts';
import type { ShardCalls } from '../../isolate-report.ts';
import type { Refused, WorkCounts } from '../../protocol/envelope.ts';

interface Draft {
  calls: number;
  refused: number;
  failed: number;
  codes: Record<string, number>;
  latency: QuantileSketch;
  maxInFlight: number;
  rowsRead: number;
  rowsWritten: number;
}

const newDraft = (): Draft => ({
  ...{ calls: 0, refused: 0, failed: 0, codes: {}, maxInFlight: 0, rowsRead: 0, rowsWritten: 0 },
  latency: new QuantileSketch(),
});

/** What an answer of a shard may have. */
interface Answered {
  readonly status?: unknown;
  readonly error?: Refused['error'];
  readonly counts?: WorkCounts;
}

/** The calls of an isolate to each shard, since they were taken last. There are no more shards than the map has. */
export class ShardCallCounts {
  #byShard = new Map<string, Draft>();

  /** @param inFlight with this one. */
  began(shard: string, inFlight: number): void {
    const draft = this.#of(shard);
    if (inFlight > draft.maxInFlight) draft.maxInFlight = inFlight;
  }

  answered(shard: string, tookMs: number, answer: unknown): void {
    const draft = this.#of(shard);
    draft.calls++;
    draft.latency.add(tookMs);
    const { status, error, counts } = (answer ?? {}) as Answered;
    if (status === 'REFUSED' && error !== undefined) count(draft.codes, error.isMigrating ? MIGRATING : error.code);
    if (counts?.rowsRead === undefined) return;
    draft.rowsRead += counts.rowsRead;
    draft.rowsWritten += counts.rowsWritten;
  }

  /** The call was not sent. */
  refused(shard: string, code: string): void {
    const draft = this.#of(shard);
    draft.refused++;
    count(draft.codes, code);
  }

  failed(shard: string, code: string): void {
    const draft = this.#of(shard);
    draft.failed++;
    count(draft.codes, code);
  }

  get counts(): ShardCalls[] {
    return [...this.#byShard].map(([shard, { latency, ...draft }]) => ({
      shard,
      ...draft,
      latency: latency.toSketch(),
    }));
  }

  take(): ShardCalls[] {
    const { counts } = this;
    this.#byShard = new Map();
    return counts;
  }

  #of(shard: string): Draft {
    let draft = this.#byShard.get(shard);
    if (draft === undefined) {
      draft = newDraft();
      this.#byShard.set(shard, draft);
    }
    return draft;
  }
}

function count(codes: Record<string, number>, code: string): void {
  codes[code] = (codes[code] ?? 0) + 1;
}
