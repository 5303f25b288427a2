import type { BookmarkPreview, BookmarkRequest, BookmarkRestore } from '../bookmark.ts';
import { ShardQLError } from '../errors.ts';
import type { CatalogRpc } from '../protocol/catalog-rpc.ts';
import { accepted } from '../protocol/refusal.ts';
import { catalogStub, type RouterEnv } from './routing/router-env.ts';

/** Bookmarks of the platform, to which the catalog takes whole shards back. */
export class Bookmarks {
  readonly #env: RouterEnv;

  constructor(env: RouterEnv) {
    this.#env = env;
  }

  /** @throws ShardQLError for what cannot be gone back to. */
  async preview(request: BookmarkRequest): Promise<BookmarkPreview> {
    return accepted(await this.#ask((catalog) => catalog.previewBookmark(request))).preview;
  }

  /**
   * May give a restore that has not ended: it goes on by itself.
   *
   * @throws ShardQLError for what is refused before anything is changed.
   */
  async restore(request: BookmarkRequest): Promise<BookmarkRestore> {
    return accepted(await this.#ask((catalog) => catalog.restoreBookmark(request))).restore;
  }

  /** Those of the last 30 days, latest first. */
  list(): Promise<readonly BookmarkRestore[]> {
    return this.#ask((catalog) => catalog.bookmarkRestores());
  }

  async #ask<Answer>(ask: (catalog: CatalogRpc) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(catalogStub(this.#env));
    } catch {
      throw new ShardQLError(
        'SHARD_UNAVAILABLE',
        'Expected the catalog to answer for bookmarks, but got no answer; see in bookmarkRestores what is under way, and ask again.',
        { retryable: true },
      );
    }
  }
}
