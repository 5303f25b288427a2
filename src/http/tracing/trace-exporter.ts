import type { Report } from '../../events/report.ts';
import { type Timers, wait } from '../../lib/timers.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import type { TraceSettings } from './trace-settings.ts';

/** Spans that wait to be sent; at as many, no request is traced. */
export const MAX_WAITING_SPANS = 2_048;

/** Traces of requests that end within this time are sent together. */
const GATHER_MS = 2_000;

/** When an invocation that was to send has ended without: the platform lets none go on for longer after its answer. */
const ABANDONED_MS = 30_000;

/** After a failure nothing is traced for so long; twice as long after the next. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;

const REPORT_EVERY_MS = 60_000;

interface TraceExporterOptions {
  readonly settings: TraceSettings;
  /** `service.instance.id`. */
  readonly isolate: string;
  readonly report: Report;
  readonly timers: Timers;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

/**
 * Sends the traces of an isolate's requests to a collector, some together, after the requests have been answered. What fails is
 * dropped and reported once a minute; while the collector fails, nothing is traced, so that its failures cost requests and shards nothing.
 */
export class TraceExporter {
  readonly settings: TraceSettings;
  readonly #options: TraceExporterOptions;
  #waiting: Tracer[] = [];
  #waitingSpans = 0;
  /** When the invocation that is to send began to wait; null: none is. */
  #sendingSinceMs: number | null = null;
  #pausedUntilMs = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #lostSpans = 0;

  constructor(options: TraceExporterOptions) {
    this.settings = options.settings;
    this.#options = options;
  }

  /** False: a request that begins now need not be traced, since its trace would be dropped. */
  get isTaking(): boolean {
    return this.#waitingSpans < MAX_WAITING_SPANS && this.#options.timers.now() >= this.#pausedUntilMs;
  }

  /** Takes a trace whose request has been answered. What ends of it before it is sent is sent with it. */
  add(tracer: Tracer, waitUntil: (work: Promise<unknown>) => void): void {
    const nowMs = this.#options.timers.now();
    // Requests that began while there was room may be many.
    if (this.#waitingSpans >= MAX_WAITING_SPANS) {
      this.#lost(
        tracer.spans.length,
        new Error(`Expected fewer than ${MAX_WAITING_SPANS} spans that wait to be sent.`),
      );
      return;
    }
    this.#waiting.push(tracer);
    this.#waitingSpans += tracer.spans.length;
    // The promise is not shared with other requests: the platform forbids that. They go by when it was made.
    if (this.#sendingSinceMs !== null && Math.abs(nowMs - this.#sendingSinceMs) < ABANDONED_MS) return;
    this.#sendingSinceMs = nowMs;
    waitUntil(this.#sendSoon());
  }

  async #sendSoon(): Promise<void> {
    const { timers, settings, isolate, fetch } = this.#options;
    await wait(timers, GATHER_MS);
    const [tracers, spans] = [this.#waiting, this.#waitingSpans];
    [this.#waiting, this.#waitingSpans, this.#sendingSinceMs] = [[], 0, null];
    try {
      const { sendTraces } = await import('./send-traces.ts');
      const rejected = await sendTraces(tracers, { settings, isolate, timers, ...(fetch && { fetch }) });
      this.#pauseMs = FIRST_PAUSE_MS;
      if (rejected !== null) this.#lost(rejected.spans, rejected.message);
    } catch (error) {
      this.#pausedUntilMs = timers.now() + this.#pauseMs;
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
      this.#lost(spans, error);
    }
  }

  #lost(spans: number, error: unknown): void {
    const nowMs = this.#options.timers.now();
    this.#lostSpans += spans;
    if (nowMs - this.#reportedAtMs < REPORT_EVERY_MS) return;
    this.#reportedAtMs = nowMs;
    this.#options.report({ type: 'traces-not-exported', spans: this.#lostSpans, error });
    this.#lostSpans = 0;
  }
}
