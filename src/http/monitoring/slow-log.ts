import type { Report } from '../../events/report.ts';
import { outlinePlan } from '../../plans/explain/plan-outline.ts';
import type { ReadRecord } from '../../resolvers/consistency/read-record.ts';
import type { ErrorCode } from '../../shards/errors.ts';
import type { SlowOperation } from '../../shards/isolate-report.ts';
import { indexNeedsOf } from '../../shards/plan/index-needs.ts';
import type { RequestScope } from '../request-scope.ts';
import type { MonitoringSettings } from './monitoring-settings.ts';
import type { RequestListener, RequestRecord } from './request-record.ts';

interface SlowLogOptions {
  readonly settings: MonitoringSettings;
  readonly report: Report;
  /** Takes them for the monitor. */
  readonly keep: (operation: SlowOperation) => void;
}

const MINUTE_MS = 60_000;
/** Lines a minute of an isolate: nobody can flood the log. */
const MAX_LINES = 10;

/** Reads of an operation that are told, those that read most rows. */
const MAX_READS = 10;

/** Looks at finished requests: those that were slow, or failed for a reason of ours, go to the log and to the monitor, with their plans. */
export function slowLog({ settings, report, keep }: SlowLogOptions): RequestListener {
  let minute = 0;
  let lines = 0;
  let unlogged = 0;
  return (record) => {
    if (!isSlow(record, settings)) return;
    const operation = slowOperation(record);
    if (operation === null) return;
    keep(operation);
    const now = Math.floor((record.startedAtMs + record.durationMs) / MINUTE_MS);
    if (now !== minute) [minute, lines] = [now, 0];
    if (lines === MAX_LINES) {
      unlogged++;
      return;
    }
    lines++;
    // Shard keys are for operators; what indexes could do, the monitor works out.
    const { shardKey: _, reads, ...told } = operation;
    report({
      type: 'slow-operation',
      ...told,
      traceId: record.scope?.tracer?.sharedTraceId,
      reads: reads.map(({ needs: __, ...read }) => read),
      unlogged,
    });
    unlogged = 0;
  };
}

const isSlow = ({ durationMs, usage, codes }: RequestRecord, { slowMs, slowRowsRead }: MonitoringSettings): boolean =>
  durationMs > slowMs || usage.rowsRead > slowRowsRead || codes.includes(INTERNAL);

const INTERNAL: ErrorCode = 'INTERNAL_SERVER_ERROR';

/** Null: of no operation, such as an import, which takes as long as its rows. */
function slowOperation(record: RequestRecord): SlowOperation | null {
  const { operation, scope, requestId, role, startedAtMs, durationMs, usage, codes, shardKey } = record;
  if (operation === null || scope === null || requestId === null) return null;
  const { hash, name, text } = operation;
  return {
    ...{ hash, name, role, requestId, durationMs, shardKey },
    atMs: startedAtMs,
    rowsRead: usage.rowsRead,
    shards: [...scope.shards.trace.shards].sort(),
    code: codes.includes(INTERNAL) ? INTERNAL : (codes[0] ?? null),
    reads: readsOf(scope, startedAtMs + durationMs),
    document: text,
  };
}

const readsOf = ({ reader }: RequestScope, endMs: number): SlowOperation['reads'] =>
  reader.reads
    .toSorted((a, b) => b.meter.rowsRead - a.meter.rowsRead)
    .slice(0, MAX_READS)
    .map((read) => toSlowRead(read, endMs));

const toSlowRead = (read: ReadRecord, endMs: number): SlowOperation['reads'][number] => ({
  field: read.path.join('.'),
  needs: indexNeedsOf(read.node, read.values),
  keys: read.keys,
  rowsRead: read.meter.rowsRead,
  rowsReturned: read.rowsReturned,
  // One that has failed, or is still waited for, took the rest of the time.
  durationMs: (read.endMs ?? endMs) - read.startMs,
  plan: outlinePlan(read.node).join('\n'),
});
