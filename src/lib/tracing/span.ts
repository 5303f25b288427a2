import { toHex } from '../hex.ts';

/** As OpenTelemetry has them (opentelemetry.io/docs/specs/otel/trace/api/#spankind). */
export type SpanKind = 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';

export type AttributeValue = string | number | boolean | readonly string[];

export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** Another span that this one has to do with, in its own trace or another one. */
interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** What a span needs of the trace that it is part of. */
interface SpanOwner {
  readonly now: () => number;
  open(name: string, kind: SpanKind, parent: Span, attributes: Attributes): Span;
}

/** One step of a trace: when it began and ended, and what is known of it. Steps of one trace may overlap. */
export class Span {
  /** One of few: what tells spans of a name apart is an attribute. */
  name: string;
  readonly kind: SpanKind;
  /** Null: it has none that is known here; see `Tracer.remoteParentId`. */
  readonly parent: Span | null;
  readonly attributes: Record<string, AttributeValue | undefined>;
  readonly links: SpanLink[] = [];
  readonly #owner: SpanOwner;
  /** Milliseconds since 1970. */
  startMs: number;
  /** Null: it goes on. */
  endMs: number | null = null;
  /** Why it failed; null: it did not. */
  error: string | null = null;
  #id: string | null = null;

  constructor(owner: SpanOwner, name: string, kind: SpanKind, parent: Span | null, attributes: Attributes) {
    this.#owner = owner;
    this.name = name;
    this.kind = kind;
    this.parent = parent;
    this.attributes = { ...attributes };
    this.startMs = owner.now();
  }

  /** 16 hexadecimal digits. Made when first asked for: most spans never leave the isolate. */
  get id(): string {
    this.#id ??= toHex(crypto.getRandomValues(new Uint8Array(8)));
    return this.#id;
  }

  get durationMs(): number {
    return (this.endMs ?? this.#owner.now()) - this.startMs;
  }

  /** A step of this one. */
  child(name: string, kind: SpanKind = 'INTERNAL', attributes: Attributes = {}): Span {
    return this.#owner.open(name, kind, this, attributes);
  }

  set(attributes: Attributes): void {
    Object.assign(this.attributes, attributes);
  }

  /** Ends it, the first time. `error`: it failed, for this reason, which must hold no values of rows. */
  end(error: string | null = null): void {
    if (this.endMs !== null) return;
    this.endMs = this.#owner.now();
    this.error = error;
  }
}
