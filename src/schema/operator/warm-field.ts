import type { Warmed } from '../../resolvers/operator/operator-context.ts';
import type { OperatorField } from './operator-builder.ts';

/** `Mutation.warmCache`. */
export const warmField: OperatorField = (builder) => {
  const payload = builder.objectRef<Warmed>('WarmCachePayload').implement({
    description: 'What was put to KV.',
    fields: (t) => ({
      putCount: t.exposeInt('puts', {
        description: 'Entries that KV has accepted. Those that are fresh are left as they are.',
      }),
      failedCount: t.exposeInt('failedPuts', { description: 'Entries that it has not.' }),
      isComplete: t.exposeBoolean('isComplete', {
        description: 'False: there are more rows than one request warms; name those that matter.',
      }),
    }),
  });
  builder.mutationField('warmCache', (t) =>
    t.field({
      type: payload,
      nullable: true,
      description:
        'Reads rows, or what a query reads, through the cache, so that cached reads find them in KV. Asks the shards that have them; each entry is a put. Not in maintenance.',
      args: {
        table: t.arg.string({
          description: 'Rows of this table, by its GraphQL type or its name in SQL: with `shardKey`, `ids` or both.',
        }),
        shardKey: t.arg.id({ description: 'Of the rows. Without `ids`: all that it has, up to 5,000.' }),
        ids: t.arg({ type: ['JSON'], description: 'Primary keys of the rows, as in `by`: up to 1,000.' }),
        nodeIds: t.arg.idList({ description: 'Instead of a table: rows of any by global id, up to 1,000.' }),
        query: t.arg.string({
          description:
            'Instead of a table: what this query reads, with `@consistency(mode: CACHED)` unless it asks for something itself.',
        }),
        variables: t.arg({ type: 'JSON', description: 'Of the query.' }),
        operationName: t.arg.string({ description: 'Of the query, where the document has several.' }),
      },
      resolve: (_, args, { warm, audit }) => {
        const asked = Object.fromEntries(Object.entries(args).filter(([, value]) => value != null));
        return audit.recording('warm', null, () => warm(asked));
      },
    }),
  );
};
