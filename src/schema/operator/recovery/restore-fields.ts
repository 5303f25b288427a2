import type { ShownPage } from '../../resolvers/operator/pages.ts';
import {
  cancelRestore,
  continueRestore,
  listRestores,
  previewCopy,
  previewRestore,
  type RestoreArguments,
  type RestoredTable,
  type ShownCopyPreview,
  type ShownPreview,
  type ShownRestore,
  startCopy,
  startRestore,
  undoRestore,
} from '../../resolvers/operator/restores.ts';
import type { WireError } from '../../shards/errors.ts';
import { RESTORE_STATES, type RestoreState } from '../../shards/restore.ts';
import { MAX_UNDO_PAGE, type ShownRow } from '../../shards/undo.ts';
import type { OperatorBuilder, OperatorField } from './operator-builder.ts';

const STATES: Readonly<Record<RestoreState, string>> = {
  RUNNING: 'Rows are being taken back, and nobody reads or writes them meanwhile.',
  DONE: 'Rows are as they were.',
  UNDONE: 'They were, until another restore has undone it.',
  CANCELLING: 'What was taken back is made again; nobody reads or writes the rows meanwhile.',
  CANCELLED: 'All is as it was before the restore.',
};

/** `Query.restores`, `Query.previewRestore` and the mutations that restore to a point in time. */
export const restoreFields: OperatorField = (builder) => {
  const restore = declareRestore(builder);
  const preview = declarePreview(builder);
  const copyPreview = declareCopyPreview(builder);
  builder.queryField('restores', (t) =>
    t.field({
      type: [restore],
      nullable: true,
      description: 'The latest restores of all shards, newest first.',
      resolve: async (_, __, context) => [...(await listRestores(context))],
    }),
  );
  builder.queryField('previewRestore', (t) =>
    t.field({
      type: preview,
      nullable: true,
      description: 'What a restore would do; nothing is written.',
      args: {
        ...scopeArguments(t.arg),
        first: t.arg.int({
          required: true,
          defaultValue: MAX_UNDO_PAGE,
          description: `Greatest number of rows shown, at most ${MAX_UNDO_PAGE}.`,
        }),
        after: t.arg.string({ description: 'The `endCursor` of another page: show rows from there on.' }),
      },
      resolve: (_, args, context) => previewRestore(args, context),
    }),
  );
  builder.mutationField('restore', (t) =>
    t.field({
      type: restore,
      nullable: true,
      description:
        'Begins to restore rows to what they were at an earlier time. Nobody reads or writes rows of its shard keys until it has ended; all others go on. ' +
        'Shards go on by themselves: ask for `restores` to see how far they are.',
      args: scopeArguments(t.arg),
      resolve: (_, args, context) =>
        context.audit.recording('restore', targetOf(args), () => startRestore(args, context)),
    }),
  );
  builder.queryField('previewRestoreAs', (t) =>
    t.field({
      type: copyPreview,
      nullable: true,
      description: 'What `restoreAs` would write; nothing is written.',
      args: copyArguments(t.arg),
      resolve: (_, args, context) => previewCopy(args, context),
    }),
  );
  builder.mutationField('restoreAs', (t) =>
    t.field({
      type: restore,
      nullable: true,
      description:
        'Begins to write rows as they were at an earlier time under another shard key, beside those of today. Nobody reads or writes rows of that ' +
        'shard key until it has ended. Cancelled or undone, it is without rows again.',
      args: copyArguments(t.arg),
      resolve: (_, args, context) =>
        context.audit.recording('restore-as', '1 shard key', () => startCopy(args, context)),
    }),
  );
  builder.mutationField('continueRestore', (t) =>
    t.field({
      type: restore,
      nullable: true,
      description: 'Has the shards take some steps of a restore at once, and tells how far they are.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, context) => continueRestore(String(id), context),
    }),
  );
  builder.mutationField('cancelRestore', (t) =>
    t.field({
      type: restore,
      nullable: true,
      description: 'Turns a restore round that is under way: what it has taken back is made again.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, context) =>
        context.audit.recording('cancel-restore', String(id), () => cancelRestore(String(id), context)),
    }),
  );
  builder.mutationField('undoRestore', (t) =>
    t.field({
      type: restore,
      nullable: true,
      description:
        'Begins to take a restore back that is done: rows get what they had before it. Refused if they were written since.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_, { id }, context) =>
        context.audit.recording('undo-restore', String(id), () => undoRestore(String(id), context)),
    }),
  );
};

type ArgumentBuilder = Parameters<Parameters<OperatorBuilder['queryField']>[1]>[0]['arg'];

const scopeArguments = (arg: ArgumentBuilder) => ({
  shardKeys: arg.idList({ description: 'Rows of these shard keys, of all tables.' }),
  type: arg.string({
    description: 'The type of a table that `shardKeys` are of; needed where tables have shard keys of several kinds.',
  }),
  shard: arg.string({ description: 'All rows of the shard of this name.' }),
  all: arg.boolean({ description: 'All rows of all shards.' }),
  time: arg.string({ description: 'What rows go back to: all commits up to this moment. ISO 8601.' }),
  version: arg.string({ description: 'Instead of `time`: the version of a row, as of whose commit it is.' }),
});

const copyArguments = (arg: ArgumentBuilder) => ({
  shardKey: arg.id({ required: true, description: 'Whose rows are copied, of all tables.' }),
  as: arg.id({ required: true, description: 'The shard key that they get. It has no rows yet, in no table.' }),
  type: arg.string({
    description: 'The type of a table that both are of; needed where tables have shard keys of several kinds.',
  }),
  time: arg.string({ description: 'As of when: all commits up to this moment. ISO 8601.' }),
  version: arg.string({ description: 'Instead of `time`: the version of a row, as of whose commit it is.' }),
});

/** Audit logs hold no values of rows. */
const targetOf = ({ shardKeys, shard }: RestoreArguments): string =>
  shard ?? (shardKeys ? `${shardKeys.length} shard key${shardKeys.length === 1 ? '' : 's'}` : 'all');

function declareRestore(builder: OperatorBuilder) {
  const state = builder.enumType('RestoreState', {
    values: Object.fromEntries(RESTORE_STATES.map((value) => [value, { value, description: STATES[value] }])),
  });
  const shard = builder.objectRef<ShownRestore['shards'][number]>('ShardRestore').implement({
    description: 'A restore in one shard. Each is durable by itself.',
    fields: (t) => ({
      name: t.exposeString('name'),
      state: t.field({ type: state, resolve: (part) => part.state }),
      totalChanges: t.exposeInt('total', { description: 'Changes in the log that are to be taken back.' }),
      changesTakenBack: t.exposeInt('takenBack'),
    }),
  });
  const problem = builder.objectRef<WireError>('RestoreProblem').implement({
    description: 'Why a restore does not go on.',
    fields: (t) => ({ code: t.exposeString('code'), message: t.exposeString('message') }),
  });
  return builder.objectRef<ShownRestore>('Restore').implement({
    description: 'A restore to an earlier time, over all its shards.',
    fields: (t) => ({
      id: t.exposeID('id'),
      state: t.field({ type: state, resolve: (each) => each.state }),
      time: t.exposeString('time', { description: 'What rows go back to. ISO 8601.' }),
      version: t.exposeString('version', { description: 'The same as a version.' }),
      shardKeys: t.exposeStringList('shardKeys', {
        nullable: true,
        description: 'What is restored: rows of these shard keys. Null: of all.',
      }),
      type: t.exposeString('type', { nullable: true, description: 'The type of a table that `shardKeys` are of.' }),
      shard: t.exposeString('shard', {
        nullable: true,
        description: 'Its rows alone are restored. Null: those of shard keys, or all.',
      }),
      all: t.exposeBoolean('all', { description: 'All rows of all shards are restored.' }),
      undoes: t.exposeID('undoes', { nullable: true, description: 'The restore that it takes back. Null: none.' }),
      undoneBy: t.exposeID('undoneBy', {
        nullable: true,
        description: 'The restore that has undone it. Null: it holds.',
      }),
      copyOf: t.exposeID('copyOf', {
        nullable: true,
        description: 'Of `restoreAs`: the shard key whose rows are copied. Null: rows go back in place.',
      }),
      as: t.exposeID('as', { nullable: true, description: 'Of `restoreAs`: the shard key that they get.' }),
      problem: t.field({
        type: problem,
        nullable: true,
        description:
          'Why the last step has failed of one that has not ended, and is tried again. Of `restoreAs` also: why it has turned round by itself. Null: neither has happened.',
        resolve: (each) => each.problem,
      }),
      totalChanges: t.exposeInt('total', {
        description: 'Changes in the log that are to be taken back. Of `restoreAs`: rows that were read so far.',
      }),
      changesTakenBack: t.exposeInt('takenBack', {
        description: 'How many are. Of `restoreAs`: rows that are written.',
      }),
      beganAt: t.exposeString('beganAt', { description: 'ISO 8601.' }),
      endedAt: t.exposeString('endedAt', { nullable: true, description: 'Null: it has not ended.' }),
      shards: t.field({ type: [shard], resolve: (each) => [...each.shards] }),
    }),
  });
}

function declarePreview(builder: OperatorBuilder) {
  const row = builder.objectRef<ShownRow>('RestoreChange').implement({
    description: 'A row that a restore changes. Long values are abbreviated, with `…` at their end.',
    fields: (t) => ({
      table: t.exposeString('table', { description: 'The GraphQL type of its table.' }),
      key: t.expose('key', { type: 'JSON', description: 'Its primary key.' }),
      before: t.expose('before', {
        type: 'JSON',
        nullable: true,
        description: 'As it is now; of a row that is there before and after, the columns that differ. Null: not there.',
      }),
      after: t.expose('after', { type: 'JSON', nullable: true, description: 'As it was then. Null: not there.' }),
    }),
  });
  const page = builder.objectRef<ShownPage<ShownRow>>('RestoreChangePage').implement({
    description: 'A part of a list of rows. Fewer rows than asked for may come where they are large.',
    fields: (t) => ({
      totalCount: t.exposeInt('totalCount', { description: 'Length of the list.' }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
      endCursor: t.exposeString('endCursor', { nullable: true, description: 'For `after`. Null: no row is shown.' }),
      nodes: t.field({ type: [row], resolve: ({ nodes }) => [...nodes] }),
    }),
  });
  const table = builder.objectRef<RestoredTable>('RestoredTable').implement({
    description: 'How many rows of a table a restore changes.',
    fields: (t) => ({
      table: t.exposeString('table', { description: 'Its GraphQL type.' }),
      restoredCount: t.exposeInt('restored'),
      updatedCount: t.exposeInt('updated'),
      deletedCount: t.exposeInt('deleted'),
    }),
  });
  return builder.objectRef<ShownPreview>('RestorePreview').implement({
    description:
      'What a restore would do. Counts of rows are null where a shard has more than 20,000 changes to take back.',
    fields: (t) => ({
      totalChanges: t.exposeInt('changes', { description: 'Changes in the log that would be taken back.' }),
      restoredCount: t.exposeInt('restored', {
        nullable: true,
        description: 'Rows that were there then, and are not now.',
      }),
      updatedCount: t.exposeInt('updated', { nullable: true, description: 'Rows that have other values now.' }),
      deletedCount: t.exposeInt('deleted', {
        nullable: true,
        description: 'Rows that are there now, and were not then.',
      }),
      tables: t.field({
        type: [table],
        nullable: true,
        description: 'The same by table; those of which no row changes are left out.',
        resolve: ({ tables }) => tables && [...tables],
      }),
      rows: t.field({ type: page, resolve: (each) => each.rows }),
    }),
  });
}

function declareCopyPreview(builder: OperatorBuilder) {
  const table = builder.objectRef<ShownCopyPreview['tables'][number]>('RestoreAsTable').implement({
    fields: (t) => ({ type: t.exposeString('type'), rowCount: t.exposeInt('count') }),
  });
  return builder.objectRef<ShownCopyPreview>('RestoreAsPreview').implement({
    description: 'What would be written.',
    fields: (t) => ({
      totalChanges: t.exposeInt('changes', { description: 'Changes since then in the log, which are left out.' }),
      tables: t.field({
        type: [table],
        description: 'Those that had rows.',
        resolve: (each) => [...each.tables],
      }),
    }),
  });
}
