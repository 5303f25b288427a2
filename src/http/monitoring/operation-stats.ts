import { QuantileSketch } from '../../lib/quantile-sketch.ts';
import type { OperationCounts, OperationKey } from '../../shards/isolate-report.ts';
import { addUsage, noUsage, type UsageCounts, type UsageName } from '../../shards/usage.ts';
import type { RequestMeter } from './request-meter.ts';

/** Counts of one operation in one role, mode and source, since they were taken last. */
export class OperationStats {
  readonly key: OperationKey;
  readonly #onUse: (stats: OperationStats) => void;
  #isUsed = false;
  #requests = 0;
  #failed = 0;
  #errors: Record<string, number> = {};
  #latency = new QuantileSketch();
  #usage: UsageCounts = noUsage();

  /** @param onUse called with the first count since they were taken. */
  constructor(key: OperationKey, onUse: (stats: OperationStats) => void) {
    this.key = key;
    this.#onUse = onUse;
  }

  /** Something was counted since they were taken. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  finished({ codes, usage }: RequestMeter, tookMs: number): void {
    this.#use();
    this.#requests++;
    if (codes.length > 0) {
      this.#failed++;
      for (const code of codes) this.#errors[code] = (this.#errors[code] ?? 0) + 1;
    }
    this.#latency.add(tookMs);
    addUsage(this.#usage, usage);
  }

  /** By a request that is finished. */
  used(name: UsageName, times: number): void {
    this.#use();
    this.#usage[name] += times;
  }

  get counts(): OperationCounts {
    return {
      ...this.key,
      requests: this.#requests,
      failed: this.#failed,
      errors: this.#errors,
      latency: this.#latency.toSketch(),
      usage: this.#usage,
    };
  }

  take(): OperationCounts {
    const { counts } = this;
    this.#isUsed = false;
    this.#requests = 0;
    this.#failed = 0;
    this.#errors = {};
    this.#latency = new QuantileSketch();
    this.#usage = noUsage();
    return counts;
  }

  #use(): void {
    if (this.#isUsed) return;
    this.#isUsed = true;
    this.#onUse(this);
  }
}
