import { readTraceContext } from '../../lib/tracing/trace-context.ts';
import { Tracer } from '../../lib/tracing/tracer.ts';
import type { TraceExporter } from './trace-exporter.ts';

interface TracedRequest {
  readonly request: Request;
  readonly url: URL;
  readonly requestId: string;
}

interface TracingOptions {
  /** Null: traces are sent nowhere. */
  readonly traces: TraceExporter | null;
  /** Answers say how long their steps took. */
  readonly isDevelopment: boolean;
  /** Within [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * The tracer of a request; undefined: nobody wants to know. Whether its spans are sent is decided as its sender has decided for their own,
 * or by chance if they say nothing (a `ParentBased` sampler, in OpenTelemetry's words).
 */
export function openTracer(
  { request, url, requestId }: TracedRequest,
  { traces, isDevelopment, random = Math.random }: TracingOptions,
): Tracer | undefined {
  const traceparent = request.headers.get('traceparent');
  const context = traceparent === null ? null : readTraceContext(traceparent, request.headers.get('tracestate'));
  const isChosen = traces?.isTaking === true && (context?.isSampled ?? random() < traces.settings.ratio);
  if (!isChosen && context === null && !isDevelopment) return undefined;
  return new Tracer({
    now: Date.now,
    name: request.method,
    kind: 'SERVER',
    attributes: {
      'http.request.method': request.method,
      'url.path': url.pathname.slice(0, MAX_PATH_CHARACTERS),
      'shardql.request_id': requestId,
    },
    context,
    isSampled: isChosen,
    keepsSpans: isChosen || isDevelopment,
  });
}

const MAX_PATH_CHARACTERS = 200;
