import type { AlertEvidence, AlertRule, AlertSeverity } from '../../alert.ts';
import type { RuleSettings } from '../../alert-settings.ts';
import type { MonitorState } from '../monitor-state.ts';

/** What a rule says of a subject. Of what nothing was reported, it says nothing. */
export interface Finding {
  readonly subject: string;
  /** `BETWEEN`: an alert that fires goes on, and none begins, so that what lies near the bound does not come and go. */
  readonly status: 'BROKEN' | 'BETWEEN' | 'WELL';
  readonly severity: AlertSeverity;
  /** An alert that rises in rank is told of again. */
  readonly rank: number;
  readonly summary: string;
  readonly remedy: string;
  readonly evidence: AlertEvidence;
}

/** Looks for one cause: a pure function. */
export type Rule<Name extends AlertRule> = (state: MonitorState, settings: RuleSettings[Name]) => readonly Finding[];

/** Where a value stands that is bad from `bound` on: it is well again below so much of it. */
const WELL_BELOW = 0.7;

export const statusOf = (value: number, bound: number): Finding['status'] =>
  value >= bound ? 'BROKEN' : value < bound * WELL_BELOW ? 'WELL' : 'BETWEEN';
