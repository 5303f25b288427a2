import { type Timers, wait } from '../../lib/timers.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import { toOtlp } from './otlp-json.ts';
import type { TraceSettings } from './trace-settings.ts';

interface Collector {
  readonly settings: TraceSettings;
  readonly isolate: string;
  readonly timers: Timers;
  readonly fetch?: typeof fetch;
}

/** Spans that the collector has not taken, of those that it was sent. */
interface Rejected {
  readonly spans: number;
  readonly message: string;
}

/** How long an answer is waited for, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Statuses after which the same may be sent again (opentelemetry.io/docs/specs/otlp/#retryable-response-codes). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The pause before that, and the longest that a collector may ask for: an invocation ends soon after its answer. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Sends traces, again once if that is worthwhile. Null: all were taken.
 *
 * @throws Error if none was.
 */
export async function sendTraces(tracers: readonly Tracer[], collector: Collector): Promise<Rejected | null> {
  const { settings, isolate, timers } = collector;
  const resource = { 'service.name': settings.serviceName, 'service.instance.id': isolate };
  const body = JSON.stringify(toOtlp(tracers, resource));
  const first = await post(body, collector);
  if (first.ok) return rejectedOf(first);
  if (!RETRYABLE.has(first.status)) throw refusal(first);
  await wait(timers, pauseOf(first));
  const second = await post(body, collector);
  if (!second.ok) throw refusal(second);
  return rejectedOf(second);
}

// Not after a redirect: the headers are a secret between this and that URL.
const post = (
  body: string,
  { settings: { url, headers }, fetch: ask = globalThis.fetch }: Collector,
): Promise<Response> =>
  ask(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });

const refusal = ({ status }: Response): Error =>
  new Error(`Expected a collector at SHARDQL_OTLP_URL that takes OTLP as JSON, but got status ${status}.`);

function pauseOf({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(LONGEST_PAUSE_MS, Math.max(0, seconds * 1_000)) : PAUSE_MS;
}

/** What else the answer says does not matter: collectors answer in several ways. */
async function rejectedOf(answer: Response): Promise<Rejected | null> {
  const { partialSuccess } = (await answer.json().catch(() => ({}))) as {
    readonly partialSuccess?: { readonly rejectedSpans?: string | number; readonly errorMessage?: string };
  };
  const spans = Number(partialSuccess?.rejectedSpans ?? 0);
  return spans > 0 ? { spans, message: `The collector rejected spans: ${partialSuccess?.errorMessage ?? ''}` } : null;
}
