/** Alerts: what the `Monitor` has found to be wrong, as operators see it. */
import type { ShardKey } from './shard-key.ts';

/** The causes that alerts are about. */
export const ALERT_RULES = [
  'capacity',
  'capacity-forecast',
  'invalidation-lag',
  'hit-ratio',
  'error-rate',
  'dead-letters',
  'overload',
  'shard-unavailable',
  'migration-failed',
  'migration-slow',
  'cache-audit',
  'authentication',
  'write-surge',
] as const;

export type AlertRule = (typeof ALERT_RULES)[number];

/**
 * `PENDING`: the cause is there, and not for long enough yet. `FIRING`: it has been. `RESOLVED`: it is gone, or nothing has been
 * reported of it for so long that nobody knows.
 */
const ALERT_STATES = ['PENDING', 'FIRING', 'RESOLVED'] as const;

export type AlertState = (typeof ALERT_STATES)[number];

const ALERT_SEVERITIES = ['WARNING', 'CRITICAL'] as const;

export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What an alert is about, as far as reports tell. Null: they do not, or it is about several. */
export interface AlertEvidence {
  readonly shard: string | null;
  /** The tenant: the shard key that has most of it. */
  readonly shardKey: ShardKey | null;
  /** That has most of it: its name, or its hash where it has none. */
  readonly operation: string | null;
  /** GraphQL type. */
  readonly table: string | null;
  /** Version of the Worker that it began with. */
  readonly release: string | null;
}

export const NO_EVIDENCE: AlertEvidence = {
  shard: null,
  shardKey: null,
  operation: null,
  table: null,
  release: null,
};

/** The subject of alerts that concern the deployment as a whole. */
export const DEPLOYMENT = 'deployment';

/** An alert. At most one of a rule and a subject is not resolved. */
export interface Alert {
  readonly id: string;
  readonly rule: AlertRule;
  /** What it is about: the name of a shard, the type of a table, or {@link DEPLOYMENT}. */
  readonly subject: string;
  readonly state: AlertState;
  readonly severity: AlertSeverity;
  /** What is wrong, with its numbers. */
  readonly summary: string;
  /** What to do. */
  readonly remedy: string;
  readonly evidence: AlertEvidence;
  /** Since when the cause has been there, in milliseconds since 1970, as the others. */
  readonly sinceMs: number;
  /** Null: it has not fired yet. */
  readonly firedAtMs: number | null;
  readonly resolvedAtMs: number | null;
  /** Of a resolved one: whether reports said that the cause is gone, or ceased to come. */
  readonly resolution: 'GONE' | 'NOT_REPORTED' | null;
  /** When a report last told of it. */
  readonly toldAtMs: number;
  readonly acknowledged: { readonly by: string; readonly atMs: number } | null;
  /** Until when nobody is told of it; null: not silenced. */
  readonly silencedUntilMs: number | null;
}

/** At the same time: each look goes through all of them. */
export const MAX_SILENCES = 100;

/** Nobody is told of alerts that a silence covers; they are shown all the same. */
export interface NewSilence {
  /** Null: of any rule. */
  readonly rule: AlertRule | null;
  /** Null: of any subject. */
  readonly subject: string | null;
  readonly untilMs: number;
  /** Who silenced. */
  readonly by: string;
  readonly reason: string | null;
}

export interface Silence extends NewSilence {
  readonly id: string;
  readonly atMs: number;
}

/** The state of the webhook. */
export interface WebhookState {
  /** Its address without path and query, which may be secret; null: there is none. */
  readonly origin: string | null;
  /** Why nothing can be sent; null: it can. */
  readonly problem: string | null;
  /** Messages that wait to be sent, or to be sent again. */
  readonly waiting: number;
}

export interface AlertsState {
  /** Those that are not resolved, then resolved ones, latest first. */
  readonly alerts: readonly Alert[];
  readonly silences: readonly Silence[];
  readonly webhook: WebhookState;
}

/** What became of a message to the webhook. */
export interface Delivery {
  /** Taken with a status of 200 to 299. */
  readonly isDelivered: boolean;
  /** Null: there was no answer. */
  readonly status: number | null;
  /** What the receiver said, the beginning of it; or why there was no answer. */
  readonly message: string;
  readonly durationMs: number;
}
