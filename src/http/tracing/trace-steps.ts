import type { Span } from '../../lib/tracing/span.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';

/** A step of a request, for `extensions.trace`. */
interface TraceStep {
  /** `plan`, `shard`, `kv` or `queue`. */
  readonly step: string;
  /** Since the request began, in milliseconds. */
  readonly startMs: number;
  readonly durationMs: number;
  /** What is known of it: `shard`, `method`, `rowsRead`, …. */
  readonly [detail: string]: unknown;
  readonly error?: string;
  /** Of a call to a shard: what it ran. */
  readonly statements?: readonly object[];
}

/** What the request did so far, in the order in which it began. */
export const traceSteps = ({ root, spans }: Tracer): TraceStep[] =>
  spans.filter(({ parent }) => parent === root).map((span) => stepOf(span, root, spans));

function stepOf(span: Span, root: Span, spans: readonly Span[]): TraceStep {
  const statements = spans.filter(({ parent }) => parent === span);
  const { error } = span;
  return {
    step: span.name,
    startMs: span.startMs - root.startMs,
    durationMs: span.durationMs,
    ...detailsOf(span),
    ...(error !== null && { error }),
    ...(statements.length > 0 && {
      statements: statements.map((each) => ({ ...detailsOf(each), durationMs: each.durationMs })),
    }),
  };
}

/** By names of our own: those of the attributes are OpenTelemetry's. */
function detailsOf({ attributes }: Span): Record<string, unknown> {
  const details: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const shown = SHOWN_AS[name];
    if (shown !== undefined && value !== undefined) details[shown] = value;
  }
  return details;
}

const SHOWN_AS: Readonly<Record<string, string>> = {
  'rpc.method': 'method',
  'shardql.shard': 'shard',
  'shardql.shards': 'shards',
  'shardql.attempts': 'attempts',
  'shardql.rows_read': 'rowsRead',
  'shardql.rows_written': 'rowsWritten',
  'shardql.times': 'times',
  'shardql.table': 'table',
  'shardql.kv.keys': 'keys',
  'db.operation.name': 'operation',
  'db.query.text': 'sql',
};
