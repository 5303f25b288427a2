import { type AlertEvidence, NO_EVIDENCE } from '../../alert.ts';
import { valueOfShardKey } from '../../shard-key.ts';
import type { AlertRecord } from './alert-step.ts';

type MessageType = 'alert.firing' | 'alert.resolved' | 'alert.test';

/** What the webhook is sent, as JSON text: `type`, `timestamp` and `data`, as Standard Webhooks say. */
export function alertMessage(
  type: MessageType,
  id: string,
  record: AlertRecord,
  nowMs: number,
  tellsShardKeys: boolean,
): string {
  const { rule, subject, state, severity, summary, remedy, evidence, sinceMs, firedAtMs, resolvedAtMs } = record;
  const { resolution } = record;
  const times = { since: toIso(sinceMs), firedAt: toIso(firedAtMs), resolvedAt: toIso(resolvedAtMs) };
  const shown = { ...evidence, shardKey: tellsShardKeys ? shownKey(evidence) : null };
  return JSON.stringify({
    type,
    timestamp: toIso(nowMs),
    data: { id, rule, subject, state, severity, summary, remedy, ...shown, ...times, resolution },
  });
}

/** One that says that it is no alert. */
export const testRecord = (by: string, nowMs: number): AlertRecord => ({
  ...{ rule: 'error-rate', subject: 'test', state: 'FIRING', severity: 'WARNING' },
  summary: `This is a test that ${by} has sent: nothing is wrong.`,
  remedy: 'Nothing is to be done.',
  evidence: NO_EVIDENCE,
  ...{ sinceMs: nowMs, firedAtMs: nowMs, resolvedAtMs: null, resolution: null, toldAtMs: nowMs },
  ...{ acknowledged: null, rank: 1, toldRank: 0 },
});

const shownKey = ({ shardKey }: AlertEvidence): string | null => (shardKey === null ? null : valueOfShardKey(shardKey));

const toIso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
