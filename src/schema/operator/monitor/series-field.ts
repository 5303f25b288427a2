import { periodOf } from '../../../resolvers/operator/monitor/period.ts';
import type { MonitorSeries, SeriesPoint } from '../../../shards/monitor-series.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';
import { namedCounts, namedCountType } from './named-count-type.ts';
import { usageType } from './usage-type.ts';

/** With the length of its step, which rates are worked out by. */
interface ShownPoint extends SeriesPoint {
  readonly stepMs: number;
}

/** `Query.series`. */
export const seriesField: OperatorField = (builder) => {
  const point = declarePoint(builder);
  const series = builder.objectRef<MonitorSeries>('Series').implement({
    description: 'What happened over a time, step by step.',
    fields: (t) => ({
      from: t.string({ description: 'ISO 8601.', resolve: ({ fromMs }) => new Date(fromMs).toISOString() }),
      stepSeconds: t.float({ description: 'Length of a step.', resolve: ({ stepMs }) => stepMs / 1_000 }),
      points: t.field({
        type: [point],
        description: 'One per step, in order, also where nothing happened.',
        resolve: ({ points, stepMs }) => points.map((each): ShownPoint => ({ ...each, stepMs })),
      }),
    }),
  });
  builder.queryField('series', (t) =>
    t.field({
      type: series,
      nullable: true,
      description:
        'Rates, durations and cache hits over time, as isolates and shards have reported: none is woken for it. Null: no `MONITOR` is bound, or it does not answer.',
      args: {
        from: t.arg.string({ description: 'ISO 8601, within the last 30 days. Default: an hour before `to`.' }),
        to: t.arg.string({ description: 'ISO 8601. Default: now.' }),
        stepSeconds: t.arg.int({
          description:
            'A multiple of 10 below a minute, of 60 below an hour, or of 3,600; at most 1,500 steps. What is older than an hour is kept by the minute, and what is older than a day by the hour. Default: such that there are up to some 360 steps.',
        }),
      },
      resolve: (_, args, { fleet }) => {
        const period = periodOf(args, Date.now());
        return fleet.ask((monitor) => monitor.series(period));
      },
    }),
  );
};

const declarePoint = (builder: OperatorBuilder) =>
  builder.objectRef<ShownPoint>('SeriesPoint').implement({
    description: 'What happened within one step.',
    fields: (t) => ({
      at: t.string({
        description: 'When it begins, in ISO 8601.',
        resolve: ({ atMs }) => new Date(atMs).toISOString(),
      }),
      requestCount: t.exposeFloat('requests', { description: 'Requests, batches of the queue among them.' }),
      requestsPerSecond: t.float({
        description: 'The same as a rate.',
        resolve: ({ requests, stepMs }) => (1_000 * requests) / stepMs,
      }),
      failedCount: t.exposeFloat('failed', { description: 'Requests with at least one error.' }),
      errorRate: t.float({
        nullable: true,
        description: 'Their share, from 0 to 1. Null: there were no requests.',
        resolve: ({ requests, failed }) => (requests === 0 ? null : failed / requests),
      }),
      errors: t.field({
        type: [namedCountType(builder)],
        description: 'Requests by the codes of their errors.',
        resolve: ({ errors }) => namedCounts(errors),
      }),
      p50Ms: t.exposeFloat('p50Ms', {
        nullable: true,
        description: 'Half of the GraphQL operations took no longer. Null: there were none.',
      }),
      p95Ms: t.exposeFloat('p95Ms', { nullable: true, description: 'The same for 95 %.' }),
      p99Ms: t.exposeFloat('p99Ms', { nullable: true, description: 'The same for 99 %.' }),
      hitRatio: t.exposeFloat('hitRatio', {
        nullable: true,
        description: 'Share of the cached reads that the cache answered, from 0 to 1. Null: there were none.',
      }),
      lagP95Ms: t.exposeFloat('lagP95Ms', {
        nullable: true,
        description:
          '95 % of the invalidations were published within this time of their commit. Null: there were none.',
      }),
      backlog: t.exposeFloat('backlog', {
        nullable: true,
        description: 'Messages that waited in the queue. Null: not known.',
      }),
      dollars: t.exposeFloat('dollars', { description: 'What it costs by list prices, estimated.' }),
      usage: t.field({ type: usageType(builder), description: 'What that is made of.', resolve: ({ usage }) => usage }),
      events: t.field({
        type: [namedCountType(builder)],
        description: 'Events of the log, and others that are counted, by type.',
        resolve: ({ events }) => namedCounts(events),
      }),
    }),
  });
