import type { EventCounts } from '../events/event-counts.ts';
import { type AuditCount, addAudits } from './audit-count.ts';
import { addLags, type LagCounts, NO_LAGS } from './lag-histogram.ts';

/** What a shard has counted. */
export interface CountTotals {
  /** From commits until their stamps were put. */
  readonly invalidationLag: LagCounts;
  /** Puts of stamps that KV has taken. */
  readonly stampPuts: number;
  readonly audits: readonly AuditCount[];
  /** Absent: of a release before. */
  readonly own?: OwnWork;
  /** By type. Absent: of a release before. */
  readonly events?: EventCounts;
}

/** What a shard does by itself: rows that are read and written for no request. */
export interface OwnWork {
  readonly alarms: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

const NO_WORK: OwnWork = { alarms: 0, rowsRead: 0, rowsWritten: 0 };

/** The same since the shard's object started. */
export interface ShardCounts extends CountTotals {
  /** Names that life of the object. Within it counts only grow. */
  readonly life: string;
}

/** The counts of a shard over all its lives. */
export interface KeptCounts {
  /** Of the lives before the last one. */
  readonly earlier: CountTotals;
  readonly last: ShardCounts;
}

const NONE: CountTotals = { invalidationLag: NO_LAGS, stampPuts: 0, audits: [] };

/**
 * Takes in what a shard tells. It tells all that its life has counted and not what is new, so that a message that is lost or
 * comes twice does no harm; only what a life counts after its last message is lost.
 *
 * @param kept null: nothing is known of the shard.
 */
export function withCounts(kept: KeptCounts | null, counts: ShardCounts): KeptCounts {
  if (kept === null) return { earlier: NONE, last: counts };
  const { earlier, last } = kept;
  return { earlier: last.life === counts.life ? earlier : addCounts(earlier, last), last: counts };
}

export const totalCounts = ({ earlier, last }: KeptCounts): CountTotals => addCounts(earlier, last);

const addCounts = (a: CountTotals, b: CountTotals): CountTotals => ({
  invalidationLag: addLags(a.invalidationLag, b.invalidationLag),
  stampPuts: a.stampPuts + b.stampPuts,
  audits: addAudits(a.audits, b.audits),
  own: combineWork(a.own, b.own, 1),
  events: combineEvents(a.events, b.events, 1),
});

/** `a` with `times` times `b`: 1 adds it, -1 takes it away. */
export function combineWork(a: OwnWork = NO_WORK, b: OwnWork = NO_WORK, times: 1 | -1): OwnWork {
  return {
    alarms: a.alarms + times * b.alarms,
    rowsRead: a.rowsRead + times * b.rowsRead,
    rowsWritten: a.rowsWritten + times * b.rowsWritten,
  };
}

/** The same of events; those of which there is none are left out. */
export function combineEvents(a: EventCounts = {}, b: EventCounts = {}, times: 1 | -1): EventCounts {
  const types = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof EventCounts)[];
  const sums = types.map((type) => [type, (a[type] ?? 0) + times * (b[type] ?? 0)] as const);
  return Object.fromEntries(sums.filter(([, count]) => count !== 0));
}
