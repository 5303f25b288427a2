import { EMPTY_SKETCH, QuantileSketch } from '../../lib/quantile-sketch.ts';
import type { QueueCounts } from '../../shards/isolate-report.ts';

/** What the consumer of the queues sees of a batch. */
interface Batch {
  readonly messages: readonly { readonly timestamp: Date }[];
  /** Of the queue, where the platform tells. */
  readonly metadata?: { readonly metrics?: { readonly backlogCount?: number } };
}

const NONE: QueueCounts = { batches: 0, messages: 0, retried: 0, deadLettered: 0, backlog: null, ageMs: EMPTY_SKETCH };

/** Counts of the queues' messages, since they were taken last. */
export class QueueStats {
  #counts = { ...NONE };
  #age = new QuantileSketch();

  /** A batch of invalidation events has come. */
  came({ messages, metadata }: Batch, nowMs: number): void {
    const { batches, messages: before, backlog } = this.#counts;
    this.#counts = {
      ...this.#counts,
      batches: batches + 1,
      messages: before + messages.length,
      backlog: metadata?.metrics?.backlogCount ?? backlog,
    };
    if (messages.length === 0) return;
    this.#age.add(nowMs - Math.min(...messages.map(({ timestamp }) => timestamp.getTime())));
  }

  /** A message of it is to be delivered again. */
  retried(): void {
    this.#counts = { ...this.#counts, retried: this.#counts.retried + 1 };
  }

  deadLettered(messages: number): void {
    this.#counts = { ...this.#counts, deadLettered: this.#counts.deadLettered + messages };
  }

  get counts(): QueueCounts {
    return { ...this.#counts, ageMs: this.#age.toSketch() };
  }

  take(): QueueCounts {
    const { counts } = this;
    this.#counts = { ...NONE };
    this.#age = new QuantileSketch();
    return counts;
  }
}
