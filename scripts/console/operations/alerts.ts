import { type Call, operatorCall } from '../calls/call.ts';

export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly state: 'PENDING' | 'FIRING' | 'RESOLVED';
  readonly severity: 'WARNING' | 'CRITICAL';
  readonly summary: string;
  readonly remedy: string;
  readonly shard: string | null;
  readonly shardKey: string | null;
  readonly operation: string | null;
  readonly table: string | null;
  readonly since: string;
  readonly firedAt: string | null;
  readonly resolvedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly silencedUntil: string | null;
}

export interface Silence {
  readonly id: string;
  readonly rule: string | null;
  readonly subject: string | null;
  readonly until: string;
  readonly by: string;
  readonly reason: string | null;
}

export interface AlertsAnswer {
  readonly alerts: {
    readonly alerts: readonly Alert[];
    readonly silences: readonly Silence[];
    readonly webhook: {
      readonly origin: string | null;
      readonly problem: string | null;
      readonly waitingCount: number;
    };
  } | null;
}

export const ALERTS = `query Alerts {
  alerts {
    alerts {
      id rule subject state severity summary remedy shard shardKey operation table since firedAt resolvedAt
      acknowledgedAt acknowledgedBy silencedUntil
    }
    silences { id rule subject until by reason }
    webhook { origin problem waitingCount }
  }
}`;

export const alertsCall: Call = operatorCall(ALERTS);

export const SILENCE_ALERTS = `mutation SilenceAlerts($rule: String, $subject: String, $minutes: Int!, $reason: String) {
  silenceAlerts(rule: $rule, subject: $subject, minutes: $minutes, reason: $reason) { id until }
}`;

export const REMOVE_SILENCE = `mutation RemoveSilence($id: ID!) {
  removeSilence(id: $id)
}`;

export const ACKNOWLEDGE_ALERT = `mutation AcknowledgeAlert($id: ID!) {
  acknowledgeAlert(id: $id)
}`;

export interface TestAlertAnswer {
  readonly testAlert: {
    readonly isDelivered: boolean;
    readonly status: number | null;
    readonly message: string;
    readonly durationMs: number;
  };
}

export const TEST_ALERT = `mutation TestAlert {
  testAlert { isDelivered status message durationMs }
}`;

export interface Advice {
  readonly id: string;
  readonly kind: string;
  readonly summary: string;
  readonly remedy: string;
  readonly table: string | null;
  readonly operation: string | null;
  readonly shard: string | null;
  readonly shardKey: string | null;
  readonly index: {
    readonly name: string;
    readonly drizzle: string;
    readonly ddl: string;
    readonly rowsReadNow: number | null;
    readonly rowsReadThen: number | null;
  } | null;
}

export interface AdviceAnswer {
  readonly advice: readonly Advice[] | null;
}

export const ADVICE = `query Advice {
  advice {
    id kind summary remedy table operation shard shardKey
    index { name drizzle ddl rowsReadNow rowsReadThen }
  }
}`;
