import { closestName } from '../../lib/closest-name.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import {
  ALERT_RULES,
  type Alert,
  type AlertEvidence,
  type AlertRule,
  type AlertsState,
  type Delivery,
  MAX_SILENCES,
  type Silence,
} from '../../shards/alert.ts';
import type { AlertDesk } from '../../shards/client/alert-desk.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { valueOfShardKey } from '../../shards/shard-key.ts';

/** An alert, as operators see it. Moments are in ISO 8601. */
export interface ShownAlert
  extends Pick<Alert, 'id' | 'rule' | 'subject' | 'state' | 'severity' | 'summary' | 'remedy' | 'resolution'>,
    Omit<AlertEvidence, 'shardKey'> {
  readonly shardKey: string | null;
  readonly since: string;
  readonly firedAt: string | null;
  readonly resolvedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly silencedUntil: string | null;
}

export interface ShownSilence extends Pick<Silence, 'id' | 'rule' | 'subject' | 'by' | 'reason'> {
  readonly createdAt: string;
  readonly until: string;
}

export interface ShownAlerts extends Pick<AlertsState, 'webhook'> {
  readonly alerts: readonly ShownAlert[];
  readonly silences: readonly ShownSilence[];
}

interface SilenceArguments {
  readonly rule?: string | null | undefined;
  readonly subject?: string | null | undefined;
  readonly minutes: number;
  readonly reason?: string | null | undefined;
}

const MINUTE_MS = 60_000;
/** 30 days. */
const MAX_MINUTES = 43_200;
const MAX_TEXT_LENGTH = 200;

export async function showAlerts(desk: AlertDesk): Promise<ShownAlerts | null> {
  const state = await desk.state();
  if (state === null) return null;
  const { alerts, silences, webhook } = state;
  return { alerts: alerts.map(shownAlert), silences: silences.map(shownSilence), webhook };
}

/** @param by who silences. */
export async function silenceAlerts(desk: AlertDesk, args: SilenceArguments, by: string): Promise<ShownSilence> {
  const { rule = null, subject = null, minutes, reason = null } = args;
  if (rule !== null && !isRule(rule)) {
    const meant = closestName(rule, ALERT_RULES);
    throw badUserInput(
      `Expected rule to be one of ${ALERT_RULES.join(', ')}, but got "${rule}"${meant === undefined ? '' : `; write ${meant}`}.`,
    );
  }
  if (rule === null && subject === null) throw badUserInput('Expected rule or subject, but got neither. Give one.');
  if (minutes < 1 || minutes > MAX_MINUTES) {
    throw badUserInput(`Expected minutes to be from 1 to ${MAX_MINUTES}, but got ${minutes}.`);
  }
  for (const [name, text] of Object.entries({ subject, reason })) {
    if (text !== null && text.length > MAX_TEXT_LENGTH) {
      throw badUserInput(`Expected ${name} of at most ${MAX_TEXT_LENGTH} characters, but got ${text.length}.`);
    }
  }
  const untilMs = Date.now() + minutes * MINUTE_MS;
  const made = await desk.silence({ rule, subject, untilMs, by, reason });
  if (made !== null) return shownSilence(made);
  throw badUserInput(
    `Expected at most ${MAX_SILENCES} silences at a time, but got one more. Take back some that are not needed, or leave out the subject.`,
  );
}

/** @throws ShardQLError NOT_FOUND. */
export async function removeSilence(desk: AlertDesk, id: string): Promise<boolean> {
  if (await desk.removeSilence(id)) return true;
  throw new ShardQLError('NOT_FOUND', `Expected the id of a silence, but got "${id}".`);
}

/** @throws ShardQLError NOT_FOUND. */
export async function acknowledgeAlert(desk: AlertDesk, id: string, by: string): Promise<boolean> {
  if (await desk.acknowledge(id, by)) return true;
  throw new ShardQLError('NOT_FOUND', `Expected the id of an alert that is not resolved, but got "${id}".`);
}

export const testAlert = (desk: AlertDesk, by: string): Promise<Delivery> => desk.test(by);

const isRule = (text: string): text is AlertRule => (ALERT_RULES as readonly string[]).includes(text);

function shownAlert(alert: Alert): ShownAlert {
  const { id, rule, subject, state, severity, summary, remedy, resolution, evidence, acknowledged } = alert;
  const { shardKey } = evidence;
  return {
    ...{ id, rule, subject, state, severity, summary, remedy, resolution },
    ...evidence,
    shardKey: shardKey === null ? null : valueOfShardKey(shardKey),
    since: toIso(alert.sinceMs),
    firedAt: toIsoOrNull(alert.firedAtMs),
    resolvedAt: toIsoOrNull(alert.resolvedAtMs),
    acknowledgedAt: toIsoOrNull(acknowledged?.atMs ?? null),
    acknowledgedBy: acknowledged?.by ?? null,
    silencedUntil: toIsoOrNull(alert.silencedUntilMs),
  };
}

const shownSilence = ({ atMs, untilMs, ...silence }: Silence): ShownSilence => ({
  ...silence,
  createdAt: toIso(atMs),
  until: toIso(untilMs),
});

const toIso = (ms: number): string => new Date(ms).toISOString();

const toIsoOrNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));
