import { resolveAuditLog } from '../../resolvers/operator/audit-log.ts';
import { type AuditPage, MAX_AUDIT_PAGE, type ShownAuditEntry } from '../../shards/audit.ts';
import type { OperatorField } from './operator-builder.ts';

/** `Query.auditLog`. */
export const auditLogField: OperatorField = (builder) => {
  const entry = builder.objectRef<ShownAuditEntry>('AuditEntry').implement({
    description: 'What an operator did.',
    fields: (t) => ({
      at: t.exposeString('at', { description: 'ISO 8601.' }),
      action: t.exposeString('action', {
        description:
          '`backup`, `import`, `export`, `purge` and `warm` are recorded once an hour for each target, outcome and caller; others each time.',
      }),
      target: t.exposeString('target', {
        nullable: true,
        description: 'Of what: a table, the id of an operation, the name of an API key.',
      }),
      outcome: t.exposeString('outcome', { description: '`SUCCEEDED`, or an error code.' }),
      role: t.exposeString('role', { description: 'Of the caller.' }),
      by: t.exposeString('by', {
        description: 'By what the caller was known: `operator-token`, `api-key`, `jwt`, `request`, or `none`.',
      }),
      issuer: t.exposeString('issuer', { nullable: true, description: 'Of their token.' }),
      name: t.exposeString('name', {
        nullable: true,
        description: 'Of their API key, or the subject (`sub`) of their token.',
      }),
      address: t.exposeString('address', { description: '`local`: of this machine.' }),
      requestId: t.exposeString('requestId', { description: 'Of the request, as its answer and the log have it.' }),
    }),
  });
  const page = builder.objectRef<AuditPage>('AuditPage').implement({
    fields: (t) => ({
      nodes: t.field({ type: [entry], description: 'Latest first.', resolve: ({ nodes }) => [...nodes] }),
      hasNextPage: t.exposeBoolean('hasNextPage', { description: 'There are older entries.' }),
      endCursor: t.exposeString('endCursor', { nullable: true, description: 'For `after`. Null: the page is empty.' }),
    }),
  });
  builder.queryField('auditLog', (t) =>
    t.field({
      type: page,
      nullable: true,
      description: 'What operators did, latest first: the last 10,000 actions of the last 90 days.',
      args: {
        first: t.arg.int({ required: true, defaultValue: 100, description: `At most ${MAX_AUDIT_PAGE}.` }),
        after: t.arg.string({ description: 'The `endCursor` of another page: show older entries.' }),
      },
      resolve: (_, args, { audit }) => resolveAuditLog(audit, args),
    }),
  );
};
