/**
 * Spans as OTLP's JSON has them (opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids as hexadecimal digits, enums as numbers,
 * 64-bit integers as texts.
 */
import type { Attributes, AttributeValue, Span, SpanKind } from '../../lib/tracing/span.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';

const KINDS: Readonly<Record<SpanKind, number>> = { INTERNAL: 1, SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 };

const STATUS_ERROR = 2;

/** `SpanFlags` of the protocol: the flags of W3C, whether it is known where the parent is, and that it is in another program. */
const FLAGS = { sampled: 0x01, knowsParent: 0x100, hasRemoteParent: 0x200 } as const;

interface Resource extends Attributes {
  readonly 'service.name': string;
}

/** An `ExportTraceServiceRequest`: the spans of these traces that have ended. */
export const toOtlp = (tracers: readonly Tracer[], resource: Resource) => ({
  resourceSpans: [
    {
      resource: { attributes: toAttributes(resource) },
      scopeSpans: [{ scope: { name: 'shardql' }, spans: tracers.flatMap(spansOf) }],
    },
  ],
});

const spansOf = (tracer: Tracer) =>
  tracer.spans.flatMap((span) => (span.endMs === null ? [] : [toSpan(tracer, span, span.endMs)]));

function toSpan(tracer: Tracer, span: Span, endMs: number) {
  const parentSpanId = span.parent?.id ?? tracer.remoteParentId;
  const isRemote = span.parent === null && parentSpanId !== null;
  // Of the root alone: it is the same for all, and as long as its sender likes.
  const state = span.parent === null ? (tracer.context?.state ?? null) : null;
  const attributes = toAttributes(span.attributes);
  return {
    traceId: tracer.traceId,
    spanId: span.id,
    ...(state !== null && { traceState: state }),
    ...(parentSpanId !== null && { parentSpanId }),
    flags: FLAGS.sampled | FLAGS.knowsParent | (isRemote ? FLAGS.hasRemoteParent : 0),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: toNanoseconds(span.startMs),
    endTimeUnixNano: toNanoseconds(endMs),
    ...(attributes.length > 0 && { attributes }),
    ...(span.links.length > 0 && { links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })) }),
    ...(span.error !== null && { status: { code: STATUS_ERROR, message: span.error } }),
  };
}

const toAttributes = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: toValue(value) }]));

function toValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value !== 'number') return { arrayValue: { values: value.map(toValue) } };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** Beyond what numbers hold exactly, so microseconds and zeros. */
const toNanoseconds = (ms: number): string => `${Math.round(ms * 1_000)}000`;
