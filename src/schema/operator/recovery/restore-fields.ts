import { confirmed } from '../../../resolvers/operator/confirmation/confirmed.ts';
import { restoreAction, type ShownPreview } from '../../../resolvers/operator/recovery/restore-action.ts';
import { copyAction, type ShownCopyPreview } from '../../../resolvers/operator/recovery/restore-copy.ts';
import {
  cancelRestore,
  continueRestore,
  listRestores,
  restoreUndo,
  type ShownRestore,
} from '../../../resolvers/operator/recovery/restores.ts';
import { MAX_UNDO_PAGE } from '../../../shards/undo.ts';
import { confirmationArguments } from '../confirmation/confirmation-type.ts';
import { outcomeType } from '../confirmation/outcome-type.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';
import { declareCopyPreview, declarePreview } from './preview-types.ts';
import { declareRestore } from './restore-type.ts';

/** `Query.restores`, and the mutations that restore to a point in time. */
export const restoreFields: OperatorField = (builder) => {
  const restore = declareRestore(builder);
  const payload = outcomeType<ShownPreview, ShownRestore>(builder, {
    name: 'RestorePayload',
    description: 'What a restore would do, or the restore that has begun.',
    preview: { type: declarePreview(builder), description: 'What it would do.' },
    done: { field: 'restore', type: restore, description: 'It has begun, and may have ended.' },
  });
  const copyPayload = outcomeType<ShownCopyPreview, ShownRestore>(builder, {
    name: 'RestoreAsPayload',
    description: 'What a copy would write, or the copy that has begun.',
    preview: { type: declareCopyPreview(builder), description: 'What it would write.' },
    done: { field: 'restore', type: restore, description: 'It has begun, and may have ended.' },
  });
  const undoPayload = outcomeType<ShownRestore, ShownRestore>(builder, {
    name: 'UndoRestorePayload',
    description: 'A restore that would be taken back, or the one that takes it back.',
    preview: { type: restore, description: 'What would be taken back.' },
    done: { field: 'restore', type: restore, description: 'What takes it back: it has begun, and may have ended.' },
  });
  builder.queryField('restores', (t) =>
    t.field({
      type: [restore],
      nullable: true,
      description: 'The latest restores of all shards, newest first.',
      resolve: async (_, __, context) => [...(await listRestores(context))],
    }),
  );
  builder.mutationField('restore', (t) =>
    t.field({
      type: payload,
      nullable: true,
      description:
        'Begins to restore rows to what they were at an earlier time. Nobody reads or writes rows of its shard keys until it has ended; all others go on. ' +
        'Shards go on by themselves: ask for `restores` to see how far they are. Asks the shards that have them.',
      args: {
        ...scopeArguments(t.arg),
        withLaterChanges: t.arg.boolean({
          required: true,
          defaultValue: false,
          description:
            'Take back changes, too, that are made after the preview: for rows that are written all the time. Default: the confirmation is refused if there are any.',
        }),
        ...confirmationArguments(t.arg),
        first: t.arg.int({
          required: true,
          defaultValue: MAX_UNDO_PAGE,
          description: `Of a preview: greatest number of rows shown, at most ${MAX_UNDO_PAGE}.`,
        }),
        after: t.arg.string({
          description: 'Of a preview: the `endCursor` of another page; show rows from there on.',
        }),
      },
      resolve: (_, args, context) => confirmed(restoreAction(args, context), args, context),
    }),
  );
  builder.mutationField('restoreAs', (t) =>
    t.field({
      type: copyPayload,
      nullable: true,
      description:
        'Begins to write rows as they were at an earlier time under another shard key, beside those of today. Nobody reads or writes rows of that ' +
        'shard key until it has ended. Cancelled or undone, it is without rows again.',
      args: { ...copyArguments(t.arg), ...confirmationArguments(t.arg) },
      resolve: (_, args, context) => confirmed(copyAction(args, context), args, context),
    }),
  );
  builder.mutationField('continueRestore', (t) =>
    t.field({
      type: restore,
      nullable: true,
      description: 'Has the shards take some steps of a restore at once, and tells how far they are.',
      args: { id: t.arg.id({ required: true, description: 'Of the restore.' }) },
      resolve: (_, { id }, context) => continueRestore(String(id), context),
    }),
  );
  builder.mutationField('cancelRestore', (t) =>
    t.field({
      type: restore,
      nullable: true,
      description: 'Turns a restore round that is under way: what it has taken back is made again.',
      args: { id: t.arg.id({ required: true, description: 'Of the restore.' }) },
      resolve: (_, { id }, context) =>
        context.audit.recording('cancel-restore', String(id), () => cancelRestore(String(id), context)),
    }),
  );
  builder.mutationField('undoRestore', (t) =>
    t.field({
      type: undoPayload,
      nullable: true,
      description:
        'Begins to take a restore back that is done: rows get what they had before it. Refused if they were written since.',
      args: {
        id: t.arg.id({ required: true, description: 'Of the restore.' }),
        ...confirmationArguments(t.arg),
      },
      resolve: (_, args, context) => confirmed(restoreUndo(String(args.id), context), args, context),
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
