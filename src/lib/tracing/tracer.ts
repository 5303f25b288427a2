import { toHex } from '../hex.ts';
import { type Attributes, Span, type SpanKind } from './span.ts';
import { formatTraceparent, type TraceContext } from './trace-context.ts';

interface TracerOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes?: Attributes;
  /** The trace that is continued; null: a new one begins. */
  readonly context: TraceContext | null;
  /** Its spans are recorded by whoever collects traces. */
  readonly isSampled: boolean;
  /** Someone is going to look at its spans here. Default: true. */
  readonly keepsSpans?: boolean;
}

/** Spans that are kept of one trace; of more, only how many there were. */
export const MAX_SPANS = 512;

/** Records one request's part of a trace, or that of a batch of a queue. Never throws. */
export class Tracer {
  readonly now: () => number;
  readonly context: TraceContext | null;
  readonly isSampled: boolean;
  /** False: the trace is only passed on. Of spans that have begun before it is set, nothing is known. */
  keepsSpans: boolean;
  /** All of the request; the others are below it. */
  readonly root: Span;
  /** In the order in which they began. */
  readonly spans: Span[] = [];
  /** Spans that were not kept. */
  droppedSpans = 0;
  #traceId: string | null = null;

  constructor({ now, name, kind, attributes = {}, context, isSampled, keepsSpans = true }: TracerOptions) {
    this.now = now;
    this.context = context;
    this.isSampled = isSampled;
    this.keepsSpans = keepsSpans;
    this.root = new Span(this, name, kind, null, attributes);
    this.spans.push(this.root);
  }

  /** 32 hexadecimal digits: of the trace that is continued, or of a new one. */
  get traceId(): string {
    this.#traceId ??= this.context?.traceId ?? toHex(crypto.getRandomValues(new Uint8Array(16)));
    return this.#traceId;
  }

  /** The same if others know the trace; undefined: to them, its id is of no use. */
  get sharedTraceId(): string | undefined {
    return this.isSampled || this.context !== null ? this.traceId : undefined;
  }

  /** Who called: the parent of {@link root}. Null: nobody who traces. */
  get remoteParentId(): string | null {
    return this.context?.parentId ?? null;
  }

  /**
   * What calls out have to send, so that who answers them continues the trace: below `span`, or below the caller's where nothing is
   * recorded here.
   */
  headers(span: Span = this.root): Readonly<Record<string, string>> {
    const state = this.context?.state ?? null;
    const parentId = this.isSampled ? span.id : (this.remoteParentId ?? span.id);
    return {
      traceparent: formatTraceparent(this.traceId, parentId, this.isSampled || this.context?.isSampled === true),
      ...(state !== null && { tracestate: state }),
    };
  }

  /** Milliseconds that spans of a name have taken together; those that overlap count once. */
  durationOf(name: string): number | null {
    const spans = this.spans.filter((span) => span.name === name);
    return spans.length === 0 ? null : unionOf(spans.map((span) => [span.startMs, span.endMs ?? this.now()]));
  }

  /** Of spans alone: use `Span.child`. */
  open(name: string, kind: SpanKind, parent: Span, attributes: Attributes): Span {
    const span = new Span(this, name, kind, parent, attributes);
    if (!this.keepsSpans) return span;
    if (this.spans.length < MAX_SPANS) this.spans.push(span);
    else this.droppedSpans++;
    return span;
  }
}

function unionOf(periods: readonly (readonly [number, number])[]): number {
  let total = 0;
  let coveredTo = Number.NEGATIVE_INFINITY;
  for (const [start, end] of periods.toSorted((a, b) => a[0] - b[0])) {
    total += Math.max(0, end - Math.max(start, coveredTo));
    coveredTo = Math.max(coveredTo, end);
  }
  return total;
}
