import { badUserInput } from '../../../plans/bad-user-input.ts';
import {
  type BookmarkPreview,
  type BookmarkRequest,
  type BookmarkRestore,
  type BookmarkTarget,
  MAX_BOOKMARK_AGE_MS,
} from '../../../shards/bookmark.ts';
import type { Bookmarks } from '../../../shards/client/bookmarks.ts';
import type { ConfirmedAction } from '../confirmation/confirmed.ts';
import { parseMoment } from '../parse-moment.ts';

interface BookmarkArguments {
  readonly shard: string;
  readonly time?: string | null | undefined;
  readonly undoBookmark?: string | null | undefined;
}

/**
 * A whole shard goes back to a bookmark, in maintenance.
 *
 * @throws ShardQLError for arguments that cannot be meant; its steps: for what cannot be gone back to.
 */
export function bookmarkRestore(
  bookmarks: Bookmarks,
  args: BookmarkArguments,
): ConfirmedAction<BookmarkPreview, BookmarkRestore> {
  const { shard, time = null, undoBookmark = null } = args;
  const request = checkedRequest(args);
  return {
    action: 'restore-bookmark',
    target: `${shard} to ${time ?? undoBookmark}`.slice(0, MAX_TARGET_LENGTH),
    args: { shard, time, undoBookmark },
    preview: () => bookmarks.preview(request),
    stateOf: ({ lastVersion, lost }) => [lastVersion, lost.changes],
    perform: () => bookmarks.restore(request),
  };
}

const MAX_TARGET_LENGTH = 200;

function checkedRequest({ shard, time = null, undoBookmark = null }: BookmarkArguments): BookmarkRequest {
  if ((time === null) === (undoBookmark === null)) {
    throw badUserInput(`Expected time or undoBookmark, but got ${time === null ? 'neither' : 'both'}.`);
  }
  return { shard, target: time === null ? checkedBookmark(undoBookmark!) : { timeMs: checkedTime(time) } };
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

function checkedBookmark(undoBookmark: string): BookmarkTarget {
  if (BOOKMARK.test(undoBookmark)) return { undoBookmark };
  throw badUserInput(
    `Expected undoBookmark as bookmarkRestores shows it, but got ${JSON.stringify(undoBookmark.slice(0, 100))}.`,
  );
}
