import type { Alert, AlertRule } from '../../alert.ts';
import type { Finding } from './finding.ts';

/** An alert as it is kept: what `Alert` shows, and what has been told of it. */
export interface AlertRecord extends Omit<Alert, 'id' | 'silencedUntilMs'> {
  readonly rank: number;
  /** The highest rank that the webhook was told of; 0: it knows nothing of the alert. */
  readonly toldRank: number;
}

export interface StepSettings {
  /** How long the cause has to be there. */
  readonly forMs: number;
  /** See `RuleEntry`. */
  readonly forgetMs: number | null;
}

export type Transition = 'FIRED' | 'ROSE' | 'RESOLVED';

/** Null: there is no alert, or none any more. */
export interface Step {
  readonly record: AlertRecord | null;
  readonly transition: Transition | null;
}

/**
 * What becomes of an alert by one look at its subject: pending, firing, resolved. Without a finding nothing was reported of the subject:
 * then a pending alert does not fire.
 *
 * @param record the one that is not resolved; null: there is none.
 */
export function stepAlert(
  rule: AlertRule,
  record: AlertRecord | null,
  finding: Finding | null,
  { forMs, forgetMs }: StepSettings,
  nowMs: number,
): Step {
  if (finding === null) return record === null ? NOTHING : forget(record, forgetMs, nowMs);
  const isBroken = finding.status === 'BROKEN';
  if (record === null) {
    if (!isBroken) return NOTHING;
    const begun = beginning(rule, finding, nowMs);
    return forMs === 0 ? fire(begun, nowMs) : { record: begun, transition: null };
  }
  if (record.state === 'PENDING') {
    if (!isBroken) return NOTHING;
    const told = tell(record, finding, nowMs);
    return nowMs - record.sinceMs >= forMs ? fire(told, nowMs) : { record: told, transition: null };
  }
  if (finding.status === 'WELL') return resolve({ ...record, toldAtMs: nowMs }, 'GONE', nowMs);
  if (!isBroken) return { record: { ...record, toldAtMs: nowMs }, transition: null };
  const told = tell(record, finding, nowMs);
  return { record: told, transition: told.rank > record.rank ? 'ROSE' : null };
}

const NOTHING: Step = { record: null, transition: null };

const beginning = (rule: AlertRule, finding: Finding, nowMs: number): AlertRecord => ({
  rule,
  ...partOf(finding),
  state: 'PENDING',
  sinceMs: nowMs,
  firedAtMs: null,
  resolvedAtMs: null,
  resolution: null,
  toldAtMs: nowMs,
  acknowledged: null,
  toldRank: 0,
});

const partOf = ({ subject, severity, rank, summary, remedy, evidence }: Finding) => ({
  ...{ subject, severity, rank, summary, remedy, evidence },
});

/** What was known of who it is stays known: later looks may see less of it. */
function tell(record: AlertRecord, finding: Finding, nowMs: number): AlertRecord {
  const known = Object.entries(finding.evidence).filter(([, value]) => value !== null);
  const evidence = { ...record.evidence, ...Object.fromEntries(known) };
  const rank = Math.max(record.rank, finding.rank);
  return { ...record, ...partOf(finding), rank, evidence, toldAtMs: nowMs };
}

const fire = (record: AlertRecord, nowMs: number): Step => ({
  record: { ...record, state: 'FIRING', firedAtMs: nowMs },
  transition: 'FIRED',
});

const resolve = (record: AlertRecord, resolution: Alert['resolution'], nowMs: number): Step => ({
  record: { ...record, state: 'RESOLVED', resolvedAtMs: nowMs, resolution },
  transition: 'RESOLVED',
});

/** A cause that has to be there for a while is not known to be, if nothing tells of it for so long. */
const PENDING_MS = 120_000;

function forget(record: AlertRecord, forgetMs: number | null, nowMs: number): Step {
  const silentMs = nowMs - record.toldAtMs;
  if (record.state === 'PENDING') return silentMs >= PENDING_MS ? NOTHING : { record, transition: null };
  if (forgetMs === null || silentMs < forgetMs) return { record, transition: null };
  return resolve(record, 'NOT_REPORTED', nowMs);
}

/** When an alert changes although nothing is reported; null: never. */
export function changesAtMs(
  { state, toldAtMs }: AlertRecord,
  { forgetMs }: Pick<StepSettings, 'forgetMs'>,
): number | null {
  if (state === 'PENDING') return toldAtMs + PENDING_MS;
  return forgetMs === null ? null : toldAtMs + forgetMs;
}
