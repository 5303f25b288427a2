import { alignColumns } from '../align-columns.ts';
import type { BookmarkPreview, BookmarkRestore } from './request-bookmark.ts';

/** What going back would mean. */
export function showPreview(preview: BookmarkPreview): string {
  const { shard, bookmark, time, changeCount, firstVersion, lastVersion, migrations, cacheSeconds } = preview;
  const lost =
    changeCount === null
      ? 'not known how much'
      : changeCount === 0
        ? 'nothing'
        : `${changeCount} changes of rows, versions ${firstVersion} to ${lastVersion}`;
  return [
    `shard ${shard} goes back to ${time} (bookmark ${bookmark})`,
    `written since, and lost: ${lost}`,
    `migrations since, applied again afterwards: ${migrations.join(', ') || 'none'}`,
    `maintenance afterwards: ${cacheSeconds} s, until no cache has answers from before`,
  ].join('\n');
}

/** What has become of a restore, and what is to be done next. */
export function showRestore(restore: BookmarkRestore, url: string): string {
  const { shard, state, reason, undoBookmark, safeAt } = restore;
  if (state === 'REFUSED') return `${shard} serves, and has not gone back: ${reason}`;
  return [
    `${shard} has gone back`,
    `keep up the maintenance until ${safeAt}: until then caches have answers from before`,
    `to undo this: npm run shardql -- bookmark --shard ${shard} --undo ${undoBookmark} --url ${url}`,
  ].join('\n');
}

export const showRestores = (restores: readonly BookmarkRestore[]): string =>
  restores.length === 0
    ? 'no shard has gone back in the last 30 days'
    : alignColumns([
        ['began', 'shard', 'state', 'to', 'bookmark to undo it', 'safe at'],
        ...restores.map(({ beganAt, shard, state, time, undoBookmark, safeAt }) => [
          beganAt,
          shard,
          state,
          time,
          undoBookmark ?? '-',
          safeAt ?? '-',
        ]),
      ]);
