import type { Span } from '../../lib/tracing/span.ts';
import type { Tracer } from '../../lib/tracing/tracer.ts';
import type { StatementWork, WorkCounts } from '../protocol/envelope.ts';
import type { WorkMeter } from '../work-meter.ts';
import type { ShardTrace } from './shard-client.ts';

/** Adds up what a request costs, and records its calls where they are traced. */
export class TraceCounter implements ShardTrace {
  readonly shards = new Set<string>();
  rpcs = 0;
  statements = 0;
  rowsRead = 0;
  rowsWritten = 0;
  charactersRead = 0;
  readonly #meter: WorkMeter | undefined;
  readonly #tracer: Tracer | undefined;

  constructor(meter?: WorkMeter, tracer?: Tracer) {
    this.#meter = meter;
    this.#tracer = tracer;
  }

  /** Begins to record a call to a shard, with all its attempts. Undefined: it is not traced. */
  begin(method: string | undefined, shard: string): Span | undefined {
    return this.#tracer?.root.child('shard', 'CLIENT', { 'rpc.method': method, 'shardql.shard': shard });
  }

  called(shard: string): void {
    this.shards.add(shard);
    this.rpcs++;
    this.#meter?.used('objectRequests', 1);
  }

  received(characters: number): void {
    this.charactersRead += characters;
  }

  /** @param span of the call that was answered with this. */
  worked({ statements, rowsRead, rowsWritten, work = [] }: WorkCounts, span?: Span): void {
    this.statements += statements;
    this.rowsRead += rowsRead;
    this.rowsWritten += rowsWritten;
    this.#meter?.used('rowsRead', rowsRead);
    if (rowsWritten > 0) this.#meter?.used('rowsWritten', rowsWritten);
    if (span === undefined) return;
    span.set({
      'shardql.statements': statements,
      'shardql.rows_read': rowsRead,
      'shardql.rows_written': rowsWritten,
    });
    for (const statement of work) addStatement(span, statement);
  }
}

/** Shards tell when statements began and ended since the call arrived, of which the Worker knows when it was sent. */
function addStatement(call: Span, { sql, times, shard, beganMs, endedMs, rowsRead, rowsWritten }: StatementWork): void {
  const span = call.child('statement', 'INTERNAL', {
    'db.system.name': 'sqlite',
    'db.query.text': sql,
    'shardql.times': times,
    'shardql.rows_read': rowsRead,
    'shardql.rows_written': rowsWritten,
    ...(shard !== undefined && { 'shardql.shard': shard }),
  });
  span.startMs = call.startMs + beganMs;
  span.endMs = call.startMs + endedMs;
}
