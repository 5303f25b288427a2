import { restorableSinceMs } from '../../../src/shards/restorable-since.ts';
import type { ShardFigures } from '../../../src/shards/shard-report.ts';
import type { Look, ShardView } from '../../../src/shards/shard-view.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { alignColumns } from '../align-columns.ts';
import { capacityLines } from './capacity-lines.ts';
import { sumRows } from './fetch-status.ts';

const MIB = 2 ** 20;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** No shard has told, or the monitor does not know. */
const UNKNOWN = 'unknown';

const HEAD = [
  ...[
    'SHARD',
    'SLOTS',
    'PLACED KEYS',
    'ROWS',
    'MIB',
    'MIB/DAY',
    '80 % IN',
    'LOG MIB',
    'RESTORABLE SINCE',
    'MIGRATION',
    'AS OF',
  ],
];

/** The status as text for people: a line per shard, what is to be known of their capacity, then the rows of each table. */
export function showStatus(shards: readonly ShardView[], look: Look, nowMs: number): string {
  const warnings = capacityLines(shards);
  const tables = [...sumRows(shards)].map(([table, rows]) => [table, rows.toLocaleString('en')]);
  return [
    alignColumns([HEAD, ...shards.map((shard) => shardCells(shard, nowMs))]),
    ...failureLines(shards),
    ...(warnings.length > 0 ? [warnings.join('\n')] : []),
    ...(tables.length > 0 ? [alignColumns([['TABLE', 'ROWS'], ...tables])] : []),
    ...(look === 'reported' ? ['As shards have reported with their commits. --live asks each of them.'] : []),
  ].join('\n\n');
}

function failureLines(shards: readonly ShardView[]): string[] {
  const lines = shards.flatMap(({ shard, error }) =>
    error === null ? [] : [`${shard} gives no answer: ${error.code}: ${error.message}`],
  );
  return lines.length > 0 ? [lines.join('\n')] : [];
}

function shardCells({ shard, slots: ranges, atMs, figures, capacity }: ShardView, nowMs: number): string[] {
  // Slots from SLOT_COUNT on are those of one placed shard key each.
  const slots = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  const placed = ranges.reduce((sum, [first, last]) => sum + Math.max(0, last - Math.max(first, SLOT_COUNT) + 1), 0);
  return [
    shard,
    String(slots - placed),
    String(placed),
    figures?.rows?.toLocaleString('en') ?? UNKNOWN,
    figures === null ? UNKNOWN : mebibytes(figures.liveBytes),
    capacity?.growthPerDay == null ? UNKNOWN : mebibytes(capacity.growthPerDay),
    daysUntil(capacity?.reaches80AtMs, nowMs),
    figures === null ? UNKNOWN : mebibytes(figures.logBytes),
    figures === null ? UNKNOWN : restorableSince(figures),
    figures === null ? UNKNOWN : (figures.migration ?? 'none'),
    atMs === null ? 'not reported yet' : timeSince(atMs, nowMs),
  ];
}

const mebibytes = (bytes: number): string => (bytes / MIB).toFixed(1);

function daysUntil(atMs: number | null | undefined, nowMs: number): string {
  if (atMs == null) return UNKNOWN;
  const days = Math.floor((atMs - nowMs) / DAY_MS);
  if (days <= 0) return 'now';
  return days === 1 ? '1 day' : `${days.toLocaleString('en')} days`;
}

function restorableSince({ restorableSince: version }: ShardFigures): string {
  const sinceMs = restorableSinceMs(version);
  return sinceMs === null ? 'its beginning' : new Date(sinceMs).toISOString();
}

/** Clocks may differ: a time to come is now. */
function timeSince(atMs: number, nowMs: number): string {
  const passedMs = nowMs - atMs;
  if (passedMs < SECOND_MS) return 'now';
  const [ms, unit] =
    passedMs < MINUTE_MS
      ? ([SECOND_MS, 's'] as const)
      : passedMs < HOUR_MS
        ? ([MINUTE_MS, 'min'] as const)
        : passedMs < DAY_MS
          ? ([HOUR_MS, 'h'] as const)
          : ([DAY_MS, 'd'] as const);
  return `${Math.floor(passedMs / ms).toLocaleString('en')} ${unit} ago`;
}
