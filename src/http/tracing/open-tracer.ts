import { readTraceContext } from '../../lib/tracing/trace-context.ts';
import { Tracer } from '../../lib/tracing/tracer.ts';
import { TRACE_HEADER } from '../core/headers.ts';
import type { TraceExporter } from './trace-exporter.ts';

interface TracedRequest {
  readonly request: Request;
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
}

interface TracingOptions {
  /** Null: traces are sent nowhere. */
  readonly traces: TraceExporter | null;
  /** Answers to browsers say how long their steps took. */
  readonly isDevelopment: boolean;
  /** Within [0, 1). Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * The tracer of a request; undefined: nobody wants to know, and nothing is recorded. Whether its spans are sent is decided as its sender has decided for their own,
 * or by chance if they say nothing (a `ParentBased` sampler, in OpenTelemetry's words).
 */
export function openTracer(
  { request, method, path, requestId }: TracedRequest,
  { traces, isDevelopment, random = Math.random }: TracingOptions,
): Tracer | undefined {
  const traceparent = request.headers.get('traceparent');
  const context = traceparent === null ? null : readTraceContext(traceparent, request.headers.get('tracestate'));
  const isChosen = traces?.isTaking === true && (context?.isSampled ?? random() < traces.settings.ratio);
  const isShown = isDevelopment && isShownToDeveloper(request.headers);
  if (!isChosen && context === null && !isShown) return undefined;
  return new Tracer({
    now: Date.now,
    name: method,
    kind: 'SERVER',
    attributes: {
      'http.request.method': method,
      'url.path': path.slice(0, MAX_PATH_CHARACTERS),
      'shardql.request_id': requestId,
    },
    context,
    isSampled: isChosen,
    keepsSpans: isChosen || isShown,
  });
}

/** Other programs do not look at `Server-Timing`, and are asked for their speed in development too. */
const isShownToDeveloper = (headers: Headers): boolean =>
  headers.get(TRACE_HEADER) === '1' || headers.get('user-agent')?.startsWith(ANY_BROWSER) === true;

/** All browsers begin so, and name themselves later. `Sec-Fetch-Mode` would be absent on a developer's own network. */
const ANY_BROWSER = 'Mozilla/';

const MAX_PATH_CHARACTERS = 200;
