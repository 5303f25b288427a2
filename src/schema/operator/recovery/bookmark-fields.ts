import { type BookmarkArguments, previewBookmark, restoreBookmark } from '../../../resolvers/operator/bookmarks.ts';
import type { BookmarkPreview, BookmarkRestore, BookmarkRestoreState } from '../../../shards/bookmark.ts';
import { type Version, versionToText } from '../../../shards/version.ts';
import type { OperatorBuilder, OperatorField } from '../operator-builder.ts';

const STATES: Readonly<Record<BookmarkRestoreState, string>> = {
  FENCING: 'The shard is giving its slots up.',
  RESTORING: 'It is asked to start again with the database of then.',
  GRANTING: 'It is getting the slots back.',
  RESTORED: 'It serves, with the rows of then.',
  REFUSED: 'It serves, with the rows that it had: `reason` says why.',
};

/** `Query.bookmark`, `Query.bookmarkRestores` and `Mutation.restoreBookmark`. */
export const bookmarkFields: OperatorField = (builder) => {
  const restore = declareRestore(builder);
  const preview = declarePreview(builder);
  const args = builder.args((t) => ({
    shard: t.string({ required: true, description: 'Its name.' }),
    time: t.string({ description: 'ISO 8601, at most 30 days ago. This or `undoBookmark`.' }),
    undoBookmark: t.string({ description: 'Of an earlier restore of the shard, to take that back. This or `time`.' }),
  }));
  builder.queryField('bookmark', (t) =>
    t.field({
      type: preview,
      nullable: true,
      description: 'What it would mean to take a whole shard back to a bookmark of the platform. Changes nothing.',
      args,
      resolve: (_, asked, { bookmarks }) => previewBookmark(bookmarks, asked),
    }),
  );
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
      type: restore,
      nullable: true,
      description:
        'Takes a whole shard back to a bookmark of the platform, in maintenance (`SHARDQL_MAINTENANCE`) alone. What was written to it ' +
        'since is gone, unless `undoBookmark` is restored. Answers after some seconds at the latest, and goes on by itself: see ' +
        '`bookmarkRestores`.',
      args,
      resolve: (_, asked, { bookmarks, audit }) =>
        audit.recording('restore-bookmark', targetOf(asked), () => restoreBookmark(bookmarks, asked)),
    }),
  );
};

const MAX_TARGET_LENGTH = 200;

const targetOf = ({ shard, time, undoBookmark }: BookmarkArguments): string =>
  `${shard} to ${time ?? undoBookmark}`.slice(0, MAX_TARGET_LENGTH);

function declareRestore(builder: OperatorBuilder) {
  const state = builder.enumType('BookmarkRestoreState', {
    values: Object.fromEntries(
      Object.entries(STATES).map(([value, description]) => [value, { value, description }]),
    ) as Record<BookmarkRestoreState, { readonly value: BookmarkRestoreState; readonly description: string }>,
  });
  return builder.objectRef<BookmarkRestore>('BookmarkRestore').implement({
    description: 'A shard that was taken back, or is being.',
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => String(id) }),
      shard: t.exposeString('shard'),
      state: t.field({ type: state, resolve: (each) => each.state }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why nothing has gone back.' }),
      time: t.string({ resolve: ({ timeMs }) => toIso(timeMs)! }),
      bookmark: t.exposeString('bookmark'),
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
      beganAt: t.string({ resolve: ({ beganAtMs }) => toIso(beganAtMs)! }),
      endedAt: t.string({ nullable: true, resolve: ({ endedAtMs }) => toIso(endedAtMs) }),
    }),
  });
}

const declarePreview = (builder: OperatorBuilder) =>
  builder.objectRef<BookmarkPreview>('BookmarkPreview').implement({
    description: 'What it would mean to take a shard back. Times are in ISO 8601.',
    fields: (t) => ({
      shard: t.exposeString('shard'),
      bookmark: t.exposeString('bookmark'),
      time: t.string({ resolve: ({ timeMs }) => toIso(timeMs)! }),
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
