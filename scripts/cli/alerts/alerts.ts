import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

interface JsonOption {
  readonly json: boolean;
}

interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly state: 'PENDING' | 'FIRING' | 'RESOLVED';
  readonly severity: string;
  readonly summary: string;
  readonly remedy: string;
  readonly shard: string | null;
  readonly shardKey: string | null;
  readonly operation: string | null;
  readonly table: string | null;
  readonly release: string | null;
  readonly since: string;
  readonly resolvedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly silencedUntil: string | null;
}

interface Silence {
  readonly id: string;
  readonly rule: string | null;
  readonly subject: string | null;
  readonly until: string;
  readonly by: string;
  readonly reason: string | null;
}

interface Board {
  readonly alerts: readonly Alert[];
  readonly silences: readonly Silence[];
  readonly webhook: { readonly origin: string | null; readonly problem: string | null; readonly waitingCount: number };
}

export interface SilenceOptions extends JsonOption {
  readonly rule?: string;
  readonly subject?: string;
  readonly minutes: string;
  readonly reason?: string;
}

const SILENCE = 'id rule subject until by reason';

const LIST = `{ alerts {
  alerts { id rule subject state severity summary remedy shard shardKey operation table release since firedAt resolvedAt
    resolution acknowledgedAt acknowledgedBy silencedUntil }
  silences { ${SILENCE} createdAt }
  webhook { origin problem waitingCount }
} }`;

/** True if none fires. */
export async function listAlerts(
  api: ApiClient,
  { json, all }: JsonOption & { readonly all: boolean },
): Promise<boolean> {
  const { alerts: board } = await api.operate<{ alerts: Board | null }>(LIST);
  if (board === null)
    throw new CliError('Expected a Monitor, but none is bound: bind it as MONITOR, as wrangler.toml shows.');
  const alerts = board.alerts.filter(({ state }) => all || state !== 'RESOLVED');
  if (json) console.log(JSON.stringify({ ...board, alerts }));
  else console.log([...alerts.map(showAlert), ...board.silences.map(showSilence), showWebhook(board)].join('\n'));
  return alerts.every(({ state }) => state !== 'FIRING');
}

function showAlert(alert: Alert): string {
  const { id, rule, subject, state, severity, since, resolvedAt, summary, remedy } = alert;
  const names = ['shard', 'table', 'operation', 'shardKey', 'release'] as const;
  const about = names.flatMap((name) => (alert[name] === null ? [] : [`${name} ${alert[name]}`]));
  const marks = [
    alert.acknowledgedBy === null ? [] : [`acknowledged by ${alert.acknowledgedBy}`],
    alert.silencedUntil === null ? [] : [`silenced until ${alert.silencedUntil}`],
  ].flat();
  const until = resolvedAt === null ? '' : ` until ${resolvedAt}`;
  return [
    `${id}  ${state} ${severity} ${rule} (${subject}) since ${since}${until}${marks.length > 0 ? `, ${marks.join(', ')}` : ''}`,
    `    ${summary}`,
    ...(about.length > 0 ? [`    ${about.join(', ')}`] : []),
    ...(resolvedAt === null ? [`    ${remedy}`] : []),
  ].join('\n');
}

const showSilence = ({ id, rule, subject, until, by, reason }: Silence): string =>
  `silence ${id}: ${rule ?? 'every rule'}, ${subject ?? 'every subject'}, until ${until}, by ${by}${reason === null ? '' : `: ${reason}`}`;

function showWebhook({ alerts, webhook: { origin, problem, waitingCount } }: Board): string {
  const none = alerts.some(({ state }) => state !== 'RESOLVED') ? '' : 'no alerts; ';
  if (origin === null) return `${none}no webhook: the log alone tells of alerts`;
  if (problem !== null) return `${none}webhook ${origin}: ${problem}`;
  return `${none}webhook ${origin}: ${waitingCount === 0 ? 'nothing waits' : `${waitingCount} messages wait`}`;
}

interface Delivery {
  readonly isDelivered: boolean;
  readonly status: number | null;
  readonly message: string;
  readonly durationMs: number;
}

/** True if the webhook has taken it. */
export async function testAlert(api: ApiClient, { json }: JsonOption): Promise<boolean> {
  const { testAlert: delivery } = await api.operate<{ testAlert: Delivery }>(
    'mutation { testAlert { isDelivered status message durationMs } }',
  );
  const { isDelivered, status, message, durationMs } = delivery;
  // Without a status, the message says why nobody answered.
  const answer = status === null ? '' : `status ${status} after ${Math.round(durationMs)} ms`;
  const told = [answer, message].filter((text) => text !== '').join(': ');
  if (json) console.log(JSON.stringify(delivery));
  else console.log(`${isDelivered ? 'delivered' : 'NOT delivered'}: ${told}`);
  return isDelivered;
}

export async function silenceAlerts(
  api: ApiClient,
  { rule, subject, minutes, reason, json }: SilenceOptions,
): Promise<void> {
  if (!/^\d+$/.test(minutes)) throw new CliError(`Expected --minutes to be a whole number, but got "${minutes}".`);
  const { silenceAlerts: silence } = await api.operate<{ silenceAlerts: Silence }>(
    `mutation ($rule: String, $subject: String, $minutes: Int!, $reason: String) {
      silenceAlerts(rule: $rule, subject: $subject, minutes: $minutes, reason: $reason) { ${SILENCE} }
    }`,
    { rule: rule ?? null, subject: subject ?? null, minutes: Number(minutes), reason: reason ?? null },
  );
  console.log(json ? JSON.stringify(silence) : showSilence(silence));
}

export async function removeSilence(api: ApiClient, id: string, { json }: JsonOption): Promise<void> {
  await api.operate('mutation ($id: ID!) { removeSilence(id: $id) }', { id });
  console.log(json ? JSON.stringify({ id }) : `silence ${id} is taken back`);
}

export async function acknowledgeAlert(api: ApiClient, id: string, { json }: JsonOption): Promise<void> {
  await api.operate('mutation ($id: ID!) { acknowledgeAlert(id: $id) }', { id });
  console.log(json ? JSON.stringify({ id }) : `alert ${id} is acknowledged`);
}
