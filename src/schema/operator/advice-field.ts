import type { Advice, AdviceKind, AdvisedIndex } from '../../shards/advice.ts';
import { valueOfShardKey } from '../../shards/shard-key.ts';
import type { OperatorField } from './operator-builder.ts';

/** `Query.advice`. */
export const adviceField: OperatorField = (builder) => {
  const kind = builder.enumType('AdviceKind', {
    description: 'What advice is about: see docs/alerts.md.',
    values: {
      MISSING_INDEX: { description: 'A slow read looks at far more rows than it gives.' },
      HOT_KEY: { description: 'A shard key has most of the calls to its shard.' },
      SCATTER: { description: 'An operation asks nearly all shards.' },
      STRONG_READS: { description: 'A query asks shards each time, although what it reads hardly changes.' },
      CACHE_NEVER_HIT: { description: 'A table is read through the cache, and hardly ever found there.' },
      UNUSED_INDEX: { description: 'Nothing has use for an index, which each write keeps up to date.' },
    } satisfies Record<AdviceKind, unknown>,
  });
  const index = builder.objectRef<AdvisedIndex>('AdvisedIndex').implement({
    description: 'An index to add, or one to drop.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'By its table and columns.' }),
      columns: t.stringList({ description: 'GraphQL names, in order.', resolve: ({ columns }) => [...columns] }),
      drizzle: t.exposeString('drizzle', { description: 'A line of the table’s declaration: to add, or to remove.' }),
      ddl: t.exposeString('ddl', { description: 'What its migration does.' }),
      rowsReadNow: t.exposeFloat('rowsReadNow', { nullable: true, description: 'Of one read, on average.' }),
      rowsReadThen: t.exposeFloat('rowsReadThen', {
        nullable: true,
        description: 'The same with the index, predicted. Null: not known.',
      }),
    }),
  });
  const advice = builder.objectRef<Advice>('Advice').implement({
    description: 'What would be worth doing. It is gone once it is done, or its cause has been gone for a while.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'The same as long as it is the same advice.' }),
      kind: t.field({ type: kind, description: 'What it is about.', resolve: (each) => each.kind }),
      summary: t.exposeString('summary', { description: 'What is so, with its numbers.' }),
      remedy: t.exposeString('remedy', { description: 'What to do.' }),
      table: t.exposeString('table', { nullable: true, description: 'Its GraphQL type.' }),
      operation: t.exposeString('operation', {
        nullable: true,
        description: 'Its name, or its hash where it has none.',
      }),
      operationHash: t.exposeString('operationHash', { nullable: true, description: 'As `operations` have it.' }),
      shard: t.exposeString('shard', { nullable: true, description: 'Name of the shard.' }),
      shardKey: t.string({
        nullable: true,
        description: 'The one that it was seen of.',
        resolve: ({ shardKey }) => (shardKey === null ? null : valueOfShardKey(shardKey)),
      }),
      index: t.field({
        type: index,
        nullable: true,
        description: 'Of `MISSING_INDEX` and `UNUSED_INDEX`.',
        resolve: (each) => each.index,
      }),
    }),
  });
  builder.queryField('advice', (t) =>
    t.field({
      type: [advice],
      nullable: true,
      description:
        'By what was reported within about the last hour, and by slow operations of the last day. Null: no `MONITOR` is bound.',
      resolve: async (_, __, { alertDesk }) => {
        const all = await alertDesk.advice();
        return all === null ? null : [...all];
      },
    }),
  );
};
