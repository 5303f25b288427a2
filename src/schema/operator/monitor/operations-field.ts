import { sinceOf } from '../../../resolvers/operator/monitor/period.ts';
import { requirePageSize } from '../../../resolvers/operator/page-size.ts';
import { OPERATION_ORDERS, type OperationOrder, type OperationSummary } from '../../../shards/monitor-series.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';
import { namedCounts, namedCountType } from './named-count-type.ts';
import { usageType } from './usage-type.ts';

/** Operations that the monitor keeps apart over a time. */
const MAX_OPERATIONS = 100;

const ORDERS: Readonly<Record<OperationOrder, string>> = {
  time: 'By what all of their requests took together.',
  p95: 'By what 95 % of the requests of each took no longer than.',
  cost: 'By what they cost.',
  errors: 'By their requests that failed.',
  count: 'By their number.',
};

/** `Query.operations`. */
export const operationsField: OperatorField = (builder) => {
  const order = builder.enumType('OperationOrder', {
    description: 'What comes first.',
    values: Object.fromEntries(
      OPERATION_ORDERS.map((value) => [value.toUpperCase(), { value, description: ORDERS[value] }]),
    ),
  });
  const summary = declareSummary(builder);
  builder.queryField('operations', (t) =>
    t.field({
      type: [summary],
      nullable: true,
      description:
        'Operations over a time, in all their roles and modes, as isolates have reported. Nobody is woken for it. Null: no `MONITOR` is bound, or it does not answer.',
      args: {
        since: t.arg.string({ description: 'ISO 8601, within the last 30 days. Default: an hour ago.' }),
        by: t.arg({ type: order, required: true, defaultValue: 'time', description: 'What comes first.' }),
        first: t.arg.int({ required: true, defaultValue: 50, description: `At most ${MAX_OPERATIONS}.` }),
      },
      async resolve(_, { since, by, first }, { fleet }) {
        requirePageSize(first, MAX_OPERATIONS);
        const asked = { sinceMs: sinceOf(since, Date.now()), by: by as OperationOrder, first };
        const operations = await fleet.ask((monitor) => monitor.operations(asked));
        if (operations !== null || asked.by !== 'p95') return operations && [...operations];
        // A monitor of the release before fails at an order that it does not know.
        const all = await fleet.ask((monitor) => monitor.operations({ ...asked, by: 'time', first: MAX_OPERATIONS }));
        return all?.toSorted((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0)).slice(0, first) ?? null;
      },
    }),
  );
};

const declareSummary = (builder: OperatorBuilder) =>
  builder.objectRef<OperationSummary>('OperationSummary').implement({
    description: 'What an operation has done over a time.',
    fields: (t) => ({
      hash: t.exposeString('hash', {
        description: 'Of its text without values, by which it is known; `other`: the rest.',
      }),
      name: t.exposeString('name', {
        nullable: true,
        description: 'Of the operation, or the path of another request. Null: it has none.',
      }),
      kind: t.exposeString('kind', {
        description:
          '`query` or `mutation`; `request`: to another path; `queue`, `alarm`, `monitor`: what is done without one.',
      }),
      document: t.exposeString('document', {
        nullable: true,
        description: 'Its text without values, up to 2,000 characters. Null: not known any more.',
      }),
      requestCount: t.exposeFloat('requests', { description: 'How often it was asked for.' }),
      failedCount: t.exposeFloat('failed', { description: 'How many of these requests had an error.' }),
      errors: t.field({
        type: [namedCountType(builder)],
        description: 'The same by code.',
        resolve: ({ errors }) => namedCounts(errors),
      }),
      totalMs: t.exposeFloat('totalMs', { description: 'What all requests took together, in milliseconds.' }),
      p50Ms: t.exposeFloat('p50Ms', { nullable: true, description: 'Half of the requests took no longer.' }),
      p95Ms: t.exposeFloat('p95Ms', { nullable: true, description: 'The same for 95 %.' }),
      p99Ms: t.exposeFloat('p99Ms', { nullable: true, description: 'The same for 99 %.' }),
      usage: t.field({ type: usageType(builder), description: 'What is billed of it.', resolve: ({ usage }) => usage }),
      dollars: t.exposeFloat('dollars', { description: 'What that costs by list prices, estimated.' }),
      roles: t.field({
        type: [namedCountType(builder)],
        description: 'Requests by the role of the caller.',
        resolve: ({ roles }) => namedCounts(roles),
      }),
      modes: t.field({
        type: [namedCountType(builder)],
        description: 'Requests by the strictest mode that they have read in.',
        resolve: ({ modes }) => namedCounts(modes),
      }),
      sources: t.field({
        type: [namedCountType(builder)],
        description: 'Requests by the furthest that they had to go: `none`, `memory`, `kv` or `shard`.',
        resolve: ({ sources }) => namedCounts(sources),
      }),
    }),
  });
