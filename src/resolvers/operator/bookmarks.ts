import { badUserInput } from '../../plans/bad-user-input.ts';
import {
  type BookmarkPoint,
  type BookmarkPreview,
  type BookmarkRequest,
  type BookmarkRestore,
  MAX_BOOKMARK_AGE_MS,
} from '../../shards/bookmark.ts';
import type { Bookmarks } from '../../shards/client/bookmarks.ts';
import { parseMoment } from './parse-moment.ts';

export interface BookmarkArguments {
  readonly shard: string;
  readonly time?: string | null | undefined;
  readonly bookmark?: string | null | undefined;
}

/** @throws ShardQLError for what cannot be gone back to. */
export const previewBookmark = async (bookmarks: Bookmarks, args: BookmarkArguments): Promise<BookmarkPreview> =>
  await bookmarks.preview(checkedRequest(args));

/** @throws ShardQLError for what is refused before anything is changed. */
export const restoreBookmark = async (bookmarks: Bookmarks, args: BookmarkArguments): Promise<BookmarkRestore> =>
  await bookmarks.restore(checkedRequest(args));

function checkedRequest({ shard, time = null, bookmark = null }: BookmarkArguments): BookmarkRequest {
  if ((time === null) === (bookmark === null)) {
    throw badUserInput(`Expected time or bookmark, but got ${time === null ? 'neither' : 'both'}.`);
  }
  return { shard, point: time === null ? checkedBookmark(bookmark!) : { bookmark: null, timeMs: checkedTime(time) } };
}

function checkedTime(text: string): number {
  const nowMs = Date.now();
  const timeMs = parseMoment(text);
  const got = JSON.stringify(text.slice(0, 100));
  if (timeMs === null) throw badUserInput(`Expected time in ISO 8601, such as "2030-01-31T12:00:00Z", but got ${got}.`);
  if (timeMs > nowMs) throw badUserInput(`Expected time to be past, but got ${got}.`);
  if (timeMs < nowMs - MAX_BOOKMARK_AGE_MS) {
    throw badUserInput(
      `Expected time to be at most 30 days ago, as the platform keeps no older bookmarks, but got ${got}.`,
    );
  }
  return timeMs;
}

/** Hexadecimal groups with dashes between them; the platform alone knows more. */
const BOOKMARK = /^[0-9A-Za-z-]{1,200}$/;

function checkedBookmark(bookmark: string): BookmarkPoint {
  if (BOOKMARK.test(bookmark)) return { bookmark, timeMs: null };
  throw badUserInput(
    `Expected bookmark as the field bookmark or an undoBookmark has it, but got ${JSON.stringify(bookmark.slice(0, 100))}.`,
  );
}
