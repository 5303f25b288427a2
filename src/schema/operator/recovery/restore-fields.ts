import {
  cancelRestore,
  continueRestore,
  listRestores,
  previewCopy,
  previewRestore,
  type RestoreArguments,
  startCopy,
  startRestore,
  undoRestore,
} from '../../../resolvers/operator/restores.ts';
import { MAX_UNDO_PAGE } from '../../../shards/undo.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';
import { declareCopyPreview, declarePreview } from './preview-types.ts';
import { declareRestore } from './restore-type.ts';

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
