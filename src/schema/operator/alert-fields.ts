import {
  acknowledgeAlert,
  removeSilence,
  type ShownAlert,
  type ShownAlerts,
  type ShownSilence,
  showAlerts,
  silenceAlerts,
  testAlert,
} from '../../resolvers/operator/alerts.ts';
import type { OperatorContext } from '../../resolvers/operator/operator-context.ts';
import type { AlertSeverity, AlertState, Delivery, WebhookState } from '../../shards/alert.ts';
import type { OperatorBuilder, OperatorField } from './operator-builder.ts';

/** `Query.alerts`, and what is done about them. */
export const alertFields: OperatorField = (builder) => {
  const silence = silenceType(builder);
  const board = builder.objectRef<ShownAlerts>('AlertBoard').implement({
    description: 'What is wrong, and who is told of it.',
    fields: (t) => ({
      alerts: t.field({
        type: [alertType(builder)],
        description: 'Those that are not resolved, then resolved ones of the last 30 days, at most 200; latest first.',
        resolve: ({ alerts }) => [...alerts],
      }),
      silences: t.field({
        type: [silence],
        description: 'Those that have not ended.',
        resolve: ({ silences }) => [...silences],
      }),
      webhook: t.field({ type: webhookType(builder), description: 'Who is told.', resolve: ({ webhook }) => webhook }),
    }),
  });
  builder.queryField('alerts', (t) =>
    t.field({
      type: board,
      nullable: true,
      description: 'What isolates and shards have reported that is wrong. Null: no `MONITOR` is bound.',
      resolve: (_, __, { alertDesk }) => showAlerts(alertDesk),
    }),
  );
  const silenceArguments = builder.args((t) => ({
    rule: t.string({ description: 'Default: any.' }),
    subject: t.string({ description: 'Default: any.' }),
    minutes: t.int({ required: true, description: 'For how long: 1 to 43,200.' }),
    reason: t.string({ description: 'For others who see it.' }),
  }));
  builder.mutationField('silenceAlerts', (t) =>
    t.field({
      type: silence,
      nullable: true,
      description:
        'Alerts that it covers are listed, but nobody is notified of them. Needs a rule or a subject. When it ends, notifications go out for those that still fire.',
      args: silenceArguments,
      resolve: (_, args, { alertDesk, audit, ...who }) =>
        audit.recording('silence-alerts', args.rule ?? 'every rule', () => silenceAlerts(alertDesk, args, nameOf(who))),
    }),
  );
  builder.mutationField('removeSilence', (t) =>
    t.boolean({
      nullable: true,
      description: 'Removes a silence. If an alert that it covered still fires, a notification goes out within 20 s.',
      args: { id: t.arg.id({ required: true, description: 'Of the silence.' }) },
      resolve: (_, { id }, { alertDesk, audit }) =>
        audit.recording('remove-silence', String(id), () => removeSilence(alertDesk, String(id))),
    }),
  );
  builder.mutationField('acknowledgeAlert', (t) =>
    t.boolean({
      nullable: true,
      description: 'Somebody looks after it. It is shown with the alert, and changes nothing else.',
      args: { id: t.arg.id({ required: true, description: 'Of one that is not resolved.' }) },
      resolve: (_, { id }, { alertDesk, audit, ...who }) =>
        audit.recording('acknowledge-alert', String(id), () => acknowledgeAlert(alertDesk, String(id), nameOf(who))),
    }),
  );
  builder.mutationField('testAlert', (t) =>
    t.field({
      type: deliveryType(builder),
      nullable: true,
      description: 'Sends the webhook a message that says it is a test, and tells what it answered.',
      resolve: (_, __, { alertDesk, ...who }) => testAlert(alertDesk, nameOf(who)),
    }),
  );
};

/** Who asks, as others are told. */
const nameOf = ({ caller, principal }: Pick<OperatorContext, 'caller' | 'principal'>): string =>
  principal.name ?? caller.role;

const alertType = (builder: OperatorBuilder) => {
  const state = builder.enumType('AlertState', {
    description: 'How far an alert is.',
    values: {
      PENDING: { description: 'The cause is there, and not for long enough yet.' },
      FIRING: { description: 'It has been there for long enough.' },
      RESOLVED: { description: 'It is gone, or nobody knows any more.' },
    } satisfies Record<AlertState, unknown>,
  });
  const severity = builder.enumType('AlertSeverity', {
    description: 'How soon somebody should look after it.',
    values: {
      WARNING: { description: 'Soon.' },
      CRITICAL: { description: 'Now: requests fail, or answers are wrong.' },
    } satisfies Record<AlertSeverity, unknown>,
  });
  const resolution = builder.enumType('AlertResolution', {
    description: 'Why an alert is resolved.',
    values: {
      GONE: { description: 'Reports say that the cause is gone.' },
      NOT_REPORTED: { description: 'No report has mentioned it for a long time.' },
    } as const,
  });
  return builder.objectRef<ShownAlert>('Alert').implement({
    description: 'Something that is, or was, wrong. At most one of a rule and a subject is not resolved.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'For `acknowledgeAlert`.' }),
      rule: t.exposeString('rule', { description: 'What it is about: a name of docs/alerts.md.' }),
      subject: t.exposeString('subject', {
        description: 'Of what: the name of a shard, the type of a table, or `deployment`.',
      }),
      state: t.field({ type: state, description: 'How far it is.', resolve: (alert) => alert.state }),
      severity: t.field({
        type: severity,
        description: 'How soon somebody should look after it.',
        resolve: (alert) => alert.severity,
      }),
      summary: t.exposeString('summary', { description: 'What is wrong, with its numbers.' }),
      remedy: t.exposeString('remedy', { description: 'What to do.' }),
      shard: t.exposeString('shard', { nullable: true, description: 'Name of the shard.' }),
      shardKey: t.exposeString('shardKey', { nullable: true, description: 'The one that has most of it.' }),
      operation: t.exposeString('operation', {
        nullable: true,
        description: 'The one that has most of it: its name, or its hash where it has none.',
      }),
      table: t.exposeString('table', { nullable: true, description: 'Its GraphQL type.' }),
      release: t.exposeString('release', { nullable: true, description: 'Version of the Worker that it began with.' }),
      since: t.exposeString('since', { description: 'Since when the cause has been there. ISO 8601, as the others.' }),
      firedAt: t.exposeString('firedAt', { nullable: true, description: 'Null: it has not.' }),
      resolvedAt: t.exposeString('resolvedAt', { nullable: true, description: 'Null: it is not.' }),
      resolution: t.field({
        type: resolution,
        nullable: true,
        description: 'Why it is resolved.',
        resolve: (alert) => alert.resolution,
      }),
      acknowledgedAt: t.exposeString('acknowledgedAt', { nullable: true, description: 'Null: it is not.' }),
      acknowledgedBy: t.exposeString('acknowledgedBy', { nullable: true, description: 'Who looks after it.' }),
      silencedUntil: t.exposeString('silencedUntil', { nullable: true, description: 'Null: it is not silenced.' }),
    }),
  });
};

const silenceType = (builder: OperatorBuilder) =>
  builder.objectRef<ShownSilence>('AlertSilence').implement({
    description: 'Alerts for which no notifications are sent.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'For `removeSilence`.' }),
      rule: t.exposeString('rule', { nullable: true, description: 'Null: any.' }),
      subject: t.exposeString('subject', { nullable: true, description: 'Null: any.' }),
      createdAt: t.exposeString('createdAt', { description: 'ISO 8601.' }),
      until: t.exposeString('until', { description: 'ISO 8601.' }),
      by: t.exposeString('by', { description: 'Who made it.' }),
      reason: t.exposeString('reason', { nullable: true, description: 'As given.' }),
    }),
  });

const webhookType = (builder: OperatorBuilder) =>
  builder.objectRef<WebhookState>('AlertWebhook').implement({
    description: 'Where notifications of alerts are sent.',
    fields: (t) => ({
      origin: t.exposeString('origin', {
        nullable: true,
        description: 'Its address without path and query. Null: there is none, so that the log alone tells.',
      }),
      problem: t.exposeString('problem', { nullable: true, description: 'Why nothing can be sent. Null: it can.' }),
      waitingCount: t.int({
        description: 'Messages that wait to be sent, or to be sent again.',
        resolve: ({ waiting }) => waiting,
      }),
    }),
  });

const deliveryType = (builder: OperatorBuilder) =>
  builder.objectRef<Delivery>('AlertDelivery').implement({
    description: 'What became of a message to the webhook.',
    fields: (t) => ({
      isDelivered: t.exposeBoolean('isDelivered', { description: 'It answered with a status of 200 to 299.' }),
      status: t.exposeInt('status', { nullable: true, description: 'Null: there was no answer.' }),
      message: t.exposeString('message', { description: 'The beginning of its answer, or why there was none.' }),
      durationMs: t.exposeFloat('durationMs', { description: 'Until it answered, or failed.' }),
    }),
  });
