import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import { listChanges, type ShownChange, type ShownChanges } from '../../../resolvers/operator/inspection/changes.ts';
import { type InspectedChange, MAX_CHANGES_PAGE } from '../../../shards/inspection.ts';
import { valueOfShardKey } from '../../../shards/shard-key.ts';
import { versionToMs, versionToText } from '../../../shards/version.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';

const ACTIONS: Readonly<Record<InspectedChange['op'], readonly [name: string, description: string]>> = {
  insert: ['CREATE', 'The row is new.'],
  update: ['UPDATE', 'Some of its columns have changed.'],
  delete: ['DELETE', 'The row is gone.'],
};

/** `Query.changes`. */
export const changesField: OperatorField = (builder) => {
  builder.queryField('changes', (t) =>
    t.field({
      type: changePageType(builder),
      nullable: true,
      description:
        'Changes of rows from the log of one shard, in the order of their commits. Asks that shard, which wakes it: it looks at up to 20,000 rows of its log for a page, ' +
        'and at up to 5,000 for what later changes have replaced. Earlier ones than `since` are trimmed.',
      args: {
        shard: t.arg.string({ description: 'Changes of all rows of the shard of this name. This or `shardKey`.' }),
        shardKey: t.arg.id({ description: 'Changes of the rows of this shard key. This or `shard`.' }),
        type: t.arg.string({
          description:
            'The type of a table that `shardKey` is of; needed where tables have shard keys of several kinds.',
        }),
        table: t.arg.string({
          description: 'Of this table alone, by its GraphQL type or its name in SQL. Default: of all.',
        }),
        after: t.arg.string({
          description:
            'The `endCursor` of another page, or a version: show what is beyond it. Refused where changes right after it have been trimmed, as some would be missing.',
        }),
        newestFirst: t.arg.boolean({
          required: true,
          defaultValue: false,
          description: 'Begin with the latest change, and go back. Default: begin with the oldest.',
        }),
        first: t.arg.int({
          required: true,
          defaultValue: MAX_CHANGES_PAGE,
          description: `At most ${MAX_CHANGES_PAGE}.`,
        }),
      },
      resolve: (_, args, context) => listChanges(args, context),
    }),
  );
};

/** `ChangePage`, which a shard key has, too. */
export const changePageType = memoizeByObject((builder: OperatorBuilder) => {
  const change = declareChange(builder);
  return builder.objectRef<ShownChanges>('ChangePage').implement({
    description:
      'A part of the changes. Fewer than asked for, or none, may come where others lie between them, or where they are large: `hasNextPage` tells whether to go on.',
    fields: (t) => ({
      nodes: t.field({ type: [change], description: 'The changes.', resolve: ({ nodes }) => [...nodes] }),
      hasNextPage: t.exposeBoolean('hasNextPage', { description: 'There may be more.' }),
      endCursor: t.exposeString('endCursor', {
        nullable: true,
        description: 'For `after`. Null: there is nothing to go on from.',
      }),
      since: t.string({
        description: 'The log has all commits after this version. `0`: all that there ever were.',
        resolve: ({ since }) => versionToText(since),
      }),
    }),
  });
});

function declareChange(builder: OperatorBuilder) {
  const action = builder.enumType('ChangeAction', {
    description: 'What became of a row.',
    values: Object.fromEntries(
      Object.entries(ACTIONS).map(([value, [name, description]]) => [name, { value, description }]),
    ),
  });
  return builder.objectRef<ShownChange>('Change').implement({
    description: 'A change of a row. Values longer than 200 characters are abbreviated, with `…` at their end.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'For `after`.' }),
      shard: t.exposeString('shard', { description: 'Name of the shard.' }),
      version: t.string({ description: 'Of its commit.', resolve: ({ version }) => versionToText(version) }),
      at: t.string({
        description: 'When it was committed, by the shard’s clock, in ISO 8601.',
        resolve: ({ version }) => new Date(versionToMs(version)).toISOString(),
      }),
      table: t.exposeString('table', {
        description: 'The GraphQL type of its table; its name in SQL, if the model does not have it any more.',
      }),
      key: t.expose('key', { type: 'JSON', description: 'Primary key of the row.' }),
      shardKey: t.string({ description: 'Of the row.', resolve: ({ shardKey }) => valueOfShardKey(shardKey) }),
      action: t.field({ type: action, description: 'What became of the row.', resolve: ({ op }) => op }),
      before: t.expose('before', {
        type: 'JSON',
        nullable: true,
        description: 'As it was; of an update, the columns that it has changed. Null: it was not there.',
      }),
      after: t.expose('after', {
        type: 'JSON',
        nullable: true,
        description:
          'As it was then, with the same columns. Null: it was gone; or, where `afterKnown` is false, not known.',
      }),
      afterKnown: t.exposeBoolean('isAfterKnown', {
        description: 'False: so much has changed since that looking for it would take too long.',
      }),
      operationId: t.exposeID('operationId', {
        nullable: true,
        description:
          'Of the operation’s part on this shard: for `operation` and `undo`. Null: it has none, as migrations.',
      }),
    }),
  });
}
