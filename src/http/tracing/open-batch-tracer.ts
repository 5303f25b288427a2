import { readTraceContext, type TraceContext } from '../../lib/tracing/trace-context.ts';
import { Tracer } from '../../lib/tracing/tracer.ts';
import type { TraceExporter } from './trace-exporter.ts';

/** What is needed of a batch of a queue. */
interface TracedBatch {
  readonly queue: string;
  readonly messages: readonly { readonly body: unknown }[];
}

/**
 * The tracer of a batch; undefined: none of its messages was sent by a request whose trace is recorded. The batch is part of the trace of
 * the first one that was, and linked to the others.
 */
export function openBatchTracer(
  { queue, messages }: TracedBatch,
  traces: Pick<TraceExporter, 'isTaking'> | null,
): Tracer | undefined {
  if (!traces?.isTaking) return undefined;
  const [context, ...others] = messages.map(({ body }) => contextOf(body)).filter((each) => each?.isSampled === true);
  if (context === undefined) return undefined;
  const tracer = new Tracer({
    now: Date.now,
    name: `process ${queue}`,
    kind: 'CONSUMER',
    attributes: {
      'messaging.destination.name': queue,
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': messages.length,
    },
    context: context as TraceContext,
    isSampled: true,
  });
  for (const other of others) tracer.root.links.push({ traceId: other!.traceId, spanId: other!.parentId });
  return tracer;
}

/** Of whatever may be in a queue. */
function contextOf(body: unknown): TraceContext | null {
  const { traceparent } = (typeof body === 'object' && body !== null ? body : {}) as { readonly traceparent?: unknown };
  return typeof traceparent === 'string' ? readTraceContext(traceparent, null) : null;
}
