import { ShardQLError } from '../../errors.ts';

/** What the platform does with the whole database of an object. */
export interface PlatformBookmarks {
  /** The bookmark of a time, in milliseconds since 1970; about. */
  at(timeMs: number): Promise<string>;
  current(): Promise<string>;
  /** The next life of the object begins with the database of the bookmark. */
  restoreAtNextStart(bookmark: string): Promise<void>;
  /** Ends this life: calls under way fail. */
  restart(): void;
}

export const platformBookmarks = (ctx: DurableObjectState): PlatformBookmarks => ({
  at: async (timeMs) => ctx.storage.getBookmarkForTime(timeMs),
  current: async () => ctx.storage.getCurrentBookmark(),
  async restoreAtNextStart(bookmark) {
    await ctx.storage.onNextSessionRestoreBookmark(bookmark);
  },
  restart: () => ctx.abort('Restarts to go back to a bookmark.'),
});

/**
 * Asks the platform, and tells what it will not do from what it cannot do now.
 *
 * @throws ShardQLError for the former; the latter as it is.
 */
export async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { retryable, overloaded, message } = error as Error & { retryable?: boolean; overloaded?: boolean };
    if (retryable || overloaded) throw error;
    if (isUnsupported(error)) throw noBookmarks();
    throw new ShardQLError(
      'BAD_USER_INPUT',
      `Expected a moment that the platform can go back to, but it says: ${message}. Choose another time or bookmark.`,
    );
  }
}

/** As local runtimes say it. */
export const isUnsupported = (error: unknown): boolean =>
  /does not implement point-in-time recovery/.test((error as Error).message);

export const noBookmarks = (): ShardQLError =>
  new ShardQLError(
    'BAD_USER_INPUT',
    'Expected a shard on Cloudflare, where the platform keeps bookmarks, but got one in a runtime that keeps none; restore by the log instead.',
  );
