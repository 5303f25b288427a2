import { sinceOf } from '../../../resolvers/operator/monitor/period.ts';
import { requirePageSize } from '../../../resolvers/operator/page-size.ts';
import { typeOfKey } from '../../../resolvers/operator/shard-keys.ts';
import { OTHER_KEYS } from '../../../shards/isolate-report.ts';
import type { KeySummary } from '../../../shards/monitor-series.ts';
import { valueOfShardKey } from '../../../shards/shard-key.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';
import { usageType } from './usage-type.ts';

/** Shard keys that the monitor keeps apart over a time. */
const MAX_KEYS = 64;

/** `Query.busyShardKeys`. */
export const busyShardKeysField: OperatorField = (builder) => {
  const key = declareKey(builder);
  builder.queryField('busyShardKeys', (t) =>
    t.field({
      type: [key],
      nullable: true,
      description:
        'Shard keys that cost most over a time, as isolates have reported. Nobody is woken for it. Null: no `MONITOR` is bound, or it does not answer.',
      args: {
        since: t.arg.string({ description: 'ISO 8601, within the last 30 days. Default: an hour ago.' }),
        first: t.arg.int({ required: true, defaultValue: 20, description: `At most ${MAX_KEYS}.` }),
      },
      async resolve(_, { since, first }, { fleet }) {
        requirePageSize(first, MAX_KEYS);
        const keys = await fleet.ask((monitor) => monitor.keys({ sinceMs: sinceOf(since, Date.now()), first }));
        return keys && [...keys];
      },
    }),
  );
};

const declareKey = (builder: OperatorBuilder) =>
  builder.objectRef<KeySummary>('BusyShardKey').implement({
    description: 'What requests of one shard key alone took over a time.',
    fields: (t) => ({
      shardKey: t.string({
        nullable: true,
        description: 'Its value. Null: all others together, and requests of several or of none.',
        resolve: ({ shardKey }) => (shardKey === OTHER_KEYS ? null : valueOfShardKey(shardKey)),
      }),
      type: t.string({
        nullable: true,
        description: 'The type of a table with shard keys of this kind. Null: none, or as above.',
        resolve: ({ shardKey }, _, { model }) => (shardKey === OTHER_KEYS ? null : typeOfKey(model, shardKey)),
      }),
      shard: t.exposeString('shard', {
        nullable: true,
        description: 'Name of its shard. Null: caches alone were asked, or as above.',
      }),
      requestCount: t.exposeFloat('requests', { description: 'Requests.' }),
      usage: t.field({
        type: usageType(builder),
        description: 'What is billed of them.',
        resolve: ({ usage }) => usage,
      }),
      dollars: t.exposeFloat('dollars', { description: 'What that costs by list prices, estimated.' }),
      operation: t.exposeString('operation', {
        nullable: true,
        description: 'Hash of the operation that most of these requests are. Null: no such one.',
      }),
    }),
  });
