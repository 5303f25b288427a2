import { confirmed } from '../../../resolvers/operator/confirmation/confirmed.ts';
import { bookmarkRestore } from '../../../resolvers/operator/recovery/bookmarks.ts';
import type { BookmarkPreview, BookmarkRestore, BookmarkRestoreState } from '../../../shards/bookmark.ts';
import { type Version, versionToText } from '../../../shards/version.ts';
import { confirmationArguments } from '../confirmation/confirmation-type.ts';
import { outcomeType } from '../confirmation/outcome-type.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';

const STATES: Readonly<Record<BookmarkRestoreState, string>> = {
  FENCING: 'The shard is giving its slots up.',
  RESTORING: 'It is asked to start again with the database of then.',
  GRANTING: 'It is getting the slots back.',
  RESTORED: 'It serves, with the rows of then.',
  REFUSED: 'It serves, with the rows that it had: `reason` says why.',
};

/** `Query.bookmarkRestores` and `Mutation.restoreBookmark`. */
export const bookmarkFields: OperatorField = (builder) => {
  const restore = declareRestore(builder);
  const payload = outcomeType<BookmarkPreview, BookmarkRestore>(builder, {
    name: 'RestoreBookmarkPayload',
    description: 'What it would mean to take a whole shard back, or the restore that has begun.',
    preview: { type: declarePreview(builder), description: 'What it would mean.' },
    done: { field: 'restore', type: restore, description: 'It has begun, and may have ended.' },
  });
  builder.queryField('bookmarkRestores', (t) =>
    t.field({
      type: [restore],
      nullable: true,
      description: 'Shards that were taken back to bookmarks in the last 30 days, latest first.',
      resolve: async (_, __, { bookmarks }) => [...(await bookmarks.list())],
    }),
  );
  builder.mutationField('restoreBookmark', (t) =>
    t.field({
      type: payload,
      nullable: true,
      description:
        'Takes a whole shard back to a bookmark of the platform, in maintenance (`SHARDQL_MAINTENANCE`) alone. What was written to it ' +
        'since is gone, unless `undoBookmark` is restored. Answers after some seconds at the latest, and goes on by itself: see ' +
        '`bookmarkRestores`. A preview is also given while the deployment serves.',
      args: {
        shard: t.arg.string({ required: true, description: 'Its name.' }),
        time: t.arg.string({ description: 'ISO 8601, at most 30 days ago. This or `undoBookmark`.' }),
        undoBookmark: t.arg.string({
          description: 'Of an earlier restore of the shard, to take that back. This or `time`.',
        }),
        ...confirmationArguments(t.arg),
      },
      resolve: (_, args, context) => confirmed(bookmarkRestore(context.bookmarks, args), args, context),
    }),
  );
};

function declareRestore(builder: OperatorBuilder) {
  const state = builder.enumType('BookmarkRestoreState', {
    values: Object.fromEntries(
      Object.entries(STATES).map(([value, description]) => [value, { value, description }]),
    ) as Record<BookmarkRestoreState, { readonly value: BookmarkRestoreState; readonly description: string }>,
  });
  return builder.objectRef<BookmarkRestore>('BookmarkRestore').implement({
    description: 'A shard that was taken back, or is being.',
    fields: (t) => ({
      id: t.id({ description: 'Of the restore.', resolve: ({ id }) => String(id) }),
      shard: t.exposeString('shard', { description: 'Its name.' }),
      state: t.field({ type: state, description: 'How far it is.', resolve: (each) => each.state }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why nothing has gone back.' }),
      time: t.string({ description: 'What it goes back to. ISO 8601.', resolve: ({ timeMs }) => toIso(timeMs)! }),
      bookmark: t.exposeString('bookmark', { description: 'Of the platform, for that time.' }),
      undoBookmark: t.exposeString('undoBookmark', {
        nullable: true,
        description: 'Of right before: restoring it takes this restore back. Null: nothing has gone back yet.',
      }),
      version: t.string({
        nullable: true,
        description: 'Of the last commit before: all later versions are greater.',
        resolve: ({ version }) => toText(version),
      }),
      safeAt: t.string({
        nullable: true,
        description: 'Until then caches may have answers from before: keep up the maintenance until then.',
        resolve: ({ safeAtMs }) => toIso(safeAtMs),
      }),
      beganAt: t.string({ description: 'ISO 8601.', resolve: ({ beganAtMs }) => toIso(beganAtMs)! }),
      endedAt: t.string({
        nullable: true,
        description: 'ISO 8601. Null: it has not ended.',
        resolve: ({ endedAtMs }) => toIso(endedAtMs),
      }),
    }),
  });
}

const declarePreview = (builder: OperatorBuilder) =>
  builder.objectRef<BookmarkPreview>('BookmarkPreview').implement({
    description: 'What it would mean to take a shard back. Times are in ISO 8601.',
    fields: (t) => ({
      shard: t.exposeString('shard', { description: 'Its name.' }),
      bookmark: t.exposeString('bookmark', { description: 'Of the platform, for that time.' }),
      time: t.string({
        description: 'What the shard would go back to. ISO 8601.',
        resolve: ({ timeMs }) => toIso(timeMs)!,
      }),
      changeCount: t.float({
        nullable: true,
        description: 'Changes of rows since then. Null: not known, as the log does not reach back so far.',
        resolve: ({ lost }) => lost.changes,
      }),
      firstVersion: t.string({
        nullable: true,
        description: 'Of the first commit since then. Null: there is none, or it is not known.',
        resolve: ({ lost }) => toText(lost.firstVersion),
      }),
      lastVersion: t.string({
        description: 'Of the last commit.',
        resolve: ({ lastVersion }) => versionToText(lastVersion),
      }),
      migrations: t.stringList({
        description: 'Those that were applied since then: they are applied again at the first request.',
        resolve: ({ lost }) => [...lost.migrations],
      }),
      cacheSeconds: t.int({
        description: 'How long the maintenance has to last from then on, for caches to have no answers from before.',
        resolve: ({ cachedForMs }) => Math.ceil(cachedForMs / 1000),
      }),
    }),
  });

const toIso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const toText = (version: Version | null): string | null => (version === null ? null : versionToText(version));
