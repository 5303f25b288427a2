import { requirePageSize } from '../../../resolvers/operator/page-size.ts';
import type { SlowOperation } from '../../../shards/isolate-report.ts';
import { valueOfShardKey } from '../../../shards/shard-key.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';

/** What the monitor keeps. */
const MAX_SLOW_OPERATIONS = 200;

/** `Query.slowOperations`. */
export const slowOperationsField: OperatorField = (builder) => {
  const operation = declareSlowOperation(builder);
  builder.queryField('slowOperations', (t) =>
    t.field({
      type: [operation],
      nullable: true,
      description:
        'Requests that took long, or read many rows, latest first. Nobody is woken for it. Null: no `MONITOR` is bound, or it does not answer.',
      args: { first: t.arg.int({ required: true, defaultValue: 50, description: `At most ${MAX_SLOW_OPERATIONS}.` }) },
      async resolve(_, { first }, { fleet }) {
        requirePageSize(first, MAX_SLOW_OPERATIONS);
        const operations = await fleet.ask((monitor) => monitor.slowOperations({ first }));
        return operations && [...operations];
      },
    }),
  );
};

function declareSlowOperation(builder: OperatorBuilder) {
  const read = builder.objectRef<SlowOperation['reads'][number]>('SlowRead').implement({
    description: 'A read of a slow operation.',
    fields: (t) => ({
      field: t.exposeString('field', { description: 'Response keys from the root, with dots.' }),
      plan: t.exposeString('plan', { description: 'Outline of its plan, without values.' }),
      keys: t.exposeFloat('keys', { description: 'How many keys were asked for.' }),
      rowsRead: t.exposeFloat('rowsRead', { description: 'Rows that SQLite has read for it.' }),
      rowsReturned: t.exposeFloat('rowsReturned', { description: 'Rows that it gave.' }),
      durationMs: t.exposeFloat('durationMs', { description: 'In milliseconds.' }),
    }),
  });
  return builder.objectRef<SlowOperation>('SlowOperation').implement({
    description: 'A request that took long, or read many rows.',
    fields: (t) => ({
      hash: t.exposeString('hash', { description: 'As in `operations`.' }),
      name: t.exposeString('name', { nullable: true, description: 'Of the operation. Null: it has none.' }),
      role: t.exposeString('role', { description: 'Of the caller.' }),
      at: t.string({ description: 'When it came, in ISO 8601.', resolve: ({ atMs }) => new Date(atMs).toISOString() }),
      durationMs: t.exposeFloat('durationMs', { description: 'What it took, in milliseconds.' }),
      rowsRead: t.exposeFloat('rowsRead', { description: 'Rows that SQLite has read for it.' }),
      shards: t.stringList({ description: 'That it asked.', resolve: ({ shards }) => [...shards] }),
      shardKey: t.string({
        nullable: true,
        description: 'The one that it was about. Null: several, or none.',
        resolve: ({ shardKey }) => shardKey && valueOfShardKey(shardKey),
      }),
      requestId: t.exposeString('requestId', { description: 'As its answer and the log have it.' }),
      code: t.exposeString('code', { nullable: true, description: 'Of its first error. Null: there was none.' }),
      document: t.exposeString('document', { description: 'Its text, without values.' }),
      reads: t.field({ type: [read], description: 'What it has read.', resolve: ({ reads }) => [...reads] }),
    }),
  });
}
