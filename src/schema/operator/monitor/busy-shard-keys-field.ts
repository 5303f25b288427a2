import { sinceOf } from '../../../resolvers/operator/monitor/period.ts';
import { requirePageSize } from '../../../resolvers/operator/page-size.ts';
import { keysOf, typeOfKey } from '../../../resolvers/operator/shard-keys.ts';
import { MAX_KEY_OPERATIONS, OTHER_KEYS } from '../../../shards/isolate-report.ts';
import type { KeyOperation, KeySummary } from '../../../shards/monitor-series.ts';
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
        shardKey: t.arg.id({
          description:
            'This one alone: an empty list, if it is not among those that cost most, which the monitor keeps apart. Default: all of them.',
        }),
        type: t.arg.string({
          description:
            'The type of a table that `shardKey` is of; needed where tables have shard keys of several kinds.',
        }),
      },
      async resolve(_, { since, first, shardKey, type = null }, { fleet, model }) {
        requirePageSize(first, MAX_KEYS);
        const only = shardKey === null || shardKey === undefined ? null : keysOf(model, [shardKey], type)[0]!;
        // A monitor of the release before knows of no `only`, and answers with the busiest of all.
        const asked = { sinceMs: sinceOf(since, Date.now()), first: only === null ? first : MAX_KEYS, only };
        const keys = await fleet.ask((monitor) => monitor.keys(asked));
        return keys?.filter((key) => only === null || key.shardKey === only).slice(0, first) ?? null;
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
      operations: t.field({
        type: [declareOperation(builder)],
        description: `The operations that they are, most often asked for first, at most ${MAX_KEY_OPERATIONS}: what is asked for often is among them.`,
        // A monitor of the release before tells of none.
        resolve: ({ operations }) => [...(operations ?? [])],
      }),
    }),
  });

const declareOperation = (builder: OperatorBuilder) =>
  builder.objectRef<KeyOperation>('BusyShardKeyOperation').implement({
    description: 'How often an operation was asked for one shard key.',
    fields: (t) => ({
      hash: t.exposeString('hash', { description: 'By which `operations` know it.' }),
      name: t.exposeString('name', { nullable: true, description: 'Null: it has none, or it is not known any more.' }),
      requestCount: t.exposeFloat('requests', { description: 'Requests.' }),
    }),
  });
