import { type BookmarkPoint, notInMaintenance } from '../../bookmark.ts';
import { answered, type Refusal } from '../../protocol/refusal.ts';
import type { BookmarkSet, CurrentBookmark, FoundBookmark } from '../../protocol/shard-rpc.ts';
import { SqlSession } from '../../sql/sql-session.ts';
import type { ShardState } from '../shard-state.ts';
import { lostSince, requireNoRestore } from './lost-since.ts';
import { asked, isUnsupported, noBookmarks, type PlatformBookmarks } from './platform-bookmarks.ts';

type BookmarkedShard = Pick<ShardState, 'storage' | 'wallClock' | 'clock' | 'ownership' | 'freshness'>;

/** What the catalog asks of a shard to take its whole database back. */
export class ShardBookmarks {
  readonly #shard: BookmarkedShard;
  readonly #platform: PlatformBookmarks;
  readonly #isInMaintenance: boolean;

  constructor(shard: BookmarkedShard, platform: PlatformBookmarks, isInMaintenance: boolean) {
    this.#shard = shard;
    this.#platform = platform;
    this.#isInMaintenance = isInMaintenance;
  }

  /** Changes nothing. */
  find({ bookmark, timeMs }: BookmarkPoint): Promise<FoundBookmark | Refusal> {
    return answered(async () => {
      const session = new SqlSession(this.#shard.storage.sql);
      requireNoRestore(session, timeMs);
      const found = bookmark === null ? await asked(() => this.#platform.at(timeMs)) : await this.#known(bookmark);
      const { clock, freshness } = this.#shard;
      const lost = lostSince(session, freshness.lastSeq, timeMs);
      return { status: 'OK', bookmark: found, lost, lastVersion: clock.last, cachedForMs: freshness.stampLifeMs };
    });
  }

  /** The platform judges a bookmark only when it is gone back to; whether there are any is told before anything is fenced. */
  async #known(bookmark: string): Promise<string> {
    await this.#platform.at(this.#shard.wallClock()).catch((error: unknown) => {
      if (isUnsupported(error)) throw noBookmarks();
    });
    return bookmark;
  }

  async current(): Promise<CurrentBookmark> {
    const bookmark = await this.#platform.current();
    return { bookmark, cachedForMs: this.#shard.freshness.stampLifeMs };
  }

  /**
   * Goes back, unless that is done: a database that knows nothing of `epoch`, in which the shard gave its slots up, is one of before.
   * Going back ends this life of the object, so the call fails; asked again, the next one says that it is done, and does not take the
   * slots of then for its own any more, even if the maintenance ends before others are granted to it.
   */
  restore(bookmark: string, epoch: number): Promise<BookmarkSet | Refusal> {
    return answered(async () => {
      const { ownership, storage } = this.#shard;
      if (ownership.epoch < epoch) {
        ownership.release(storage, new SqlSession(storage.sql));
        return { status: 'OK', isRestored: true };
      }
      if (!this.#isInMaintenance) throw notInMaintenance();
      await asked(() => this.#platform.restoreAtNextStart(bookmark));
      this.#platform.restart();
      return { status: 'OK', isRestored: false };
    });
  }
}
