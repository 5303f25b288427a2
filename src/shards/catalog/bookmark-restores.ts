import type { BookmarkPoint, BookmarkPreview, BookmarkRequest, BookmarkRestore, BookmarkTarget } from '../bookmark.ts';
import { ShardQLError, wireToError } from '../errors.ts';
import type { ShardRpc } from '../protocol/shard-rpc.ts';
import type { Version } from '../version.ts';
import { BookmarkRestoreStore } from './bookmark-restore-store.ts';
import type { Grant, PlacementStore } from './placement-store.ts';

/** How often a shard is asked whether it has gone back, before the rest is left to a later attempt. */
const ATTEMPTS = 6;
/** Pause between two of them, in milliseconds; it grows by as much each time. */
const PAUSE_MS = 250;

interface BookmarkRestoresOptions {
  readonly storage: DurableObjectStorage;
  readonly placements: PlacementStore;
  /** A new stub. */
  readonly shard: (name: string) => ShardRpc;
  /** Tells a shard its slots, and gives the version of its last commit. */
  readonly grant: (grant: Grant) => Promise<Version>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/**
 * Takes the whole database of a shard back to a bookmark of the platform.
 *
 * The database that comes back believes in the slots, versions and epoch of then. So, in steps that are durable before the next one
 * begins, and that can each be repeated:
 *
 * 1. The shard gives all slots up, in an epoch that no bookmark has. From then on it commits nothing, so that the version of its last
 *    commit is known for good, and so is a bookmark by which all of this can be undone.
 * 2. It is asked to go back until it says that it has: its own epoch is older then than the one in which it gave its slots up.
 * 3. Today's slots are granted to it, in a newer epoch, with that version as the least: no version comes twice, no `asOf` is below it,
 *    and all that readers are told of changes counts from there.
 *
 * Between 2 and 3 a shard that starts asks {@link isRestoring}, and serves nobody.
 */
export class BookmarkRestores {
  readonly #options: BookmarkRestoresOptions;
  readonly #store: BookmarkRestoreStore;

  constructor(options: BookmarkRestoresOptions) {
    this.#options = options;
    this.#store = new BookmarkRestoreStore(options.storage);
  }

  /** Latest first. */
  list(): BookmarkRestore[] {
    return this.#store.list();
  }

  get(id: number): BookmarkRestore {
    return this.#store.get(id);
  }

  /** The shard that is being restored; null: none is. */
  get shardUnderWay(): string | null {
    return this.#store.open()?.shard ?? null;
  }

  /** @throws ShardQLError NOT_FOUND */
  requireShard(name: string): void {
    const shards = this.#options.placements.map()?.shards ?? [];
    if (shards.some((shard) => shard.name === name)) return;
    throw new ShardQLError(
      'NOT_FOUND',
      `Expected the name of a shard, but got ${JSON.stringify(name.slice(0, 100))}; the field shards lists them.`,
    );
  }

  /**
   * What going back would mean; changes nothing.
   *
   * @throws ShardQLError for what cannot be gone back to.
   */
  async preview({ shard, target }: BookmarkRequest): Promise<BookmarkPreview> {
    this.requireShard(shard);
    const point = this.#pointOf(shard, target);
    const { timeMs } = point;
    this.#requireNoArrival(shard, timeMs);
    const found = await this.#askOf(shard).findBookmark(point).catch(unanswered(shard));
    if (found.status === 'REFUSED') throw wireToError(found.error);
    const { bookmark, lost, lastVersion, cachedForMs } = found;
    return { shard, bookmark, timeMs, lost, lastVersion, cachedForMs };
  }

  /** Of any other bookmark nobody knows what it would take along: slots that came since, restores by the log that ran then. */
  #pointOf(shard: string, target: BookmarkTarget): BookmarkPoint {
    if ('timeMs' in target) return { bookmark: null, timeMs: target.timeMs };
    const { undoBookmark: bookmark } = target;
    const timeMs = this.#store.timeOfUndo(shard, bookmark);
    if (timeMs !== null) return { bookmark, timeMs };
    throw new ShardQLError(
      'NOT_FOUND',
      `Expected the undoBookmark of a restore of ${shard}, as bookmarkRestores lists them, but got "${bookmark}"; to go back to another moment, give its time.`,
    );
  }

  /** Begins one, once no other is under way; {@link goOn} does the rest. Gives its id. */
  begin({ shard, bookmark, timeMs }: Pick<BookmarkPreview, 'shard' | 'bookmark' | 'timeMs'>): number {
    return this.#store.begin(shard, { bookmark, timeMs }, this.#options.now());
  }

  /** Takes the one that is under way to where its slots are to be granted. A step that fails is repeated next time. */
  async goOn(): Promise<void> {
    if (this.#store.open()?.state === 'FENCING') await this.#fence(this.#store.open()!);
    if (this.#store.open()?.state === 'RESTORING') await this.#goBack(this.#store.open()!);
  }

  /** All that was to be granted is: with that a restore ends. */
  granted(): void {
    const open = this.#store.open();
    if (open?.state === 'GRANTING') this.#store.end(open, this.#options.now());
  }

  async #fence(restore: BookmarkRestore): Promise<void> {
    const { shard } = restore;
    const { placements, grant, now } = this.#options;
    const version = await grant(placements.releaseOfAll(shard));
    const { bookmark: undoBookmark, cachedForMs } = await this.#askOf(shard).currentBookmark();
    const fencedAtMs = now();
    this.#store.fenced(restore, { undoBookmark, version, fencedAtMs, safeAtMs: fencedAtMs + cachedForMs });
  }

  async #goBack({ id, shard, bookmark, version }: BookmarkRestore): Promise<void> {
    const { storage, placements } = this.#options;
    const reason = await this.#restore(shard, bookmark, placements.releaseOfAll(shard).epoch);
    storage.transactionSync(() => {
      this.#store.goneBack(id, reason);
      placements.grantAgain(shard, version!);
    });
  }

  /** Gives why the database has not gone back; null: it has. */
  async #restore(shard: string, bookmark: string, epoch: number): Promise<string | null> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#askOf(shard).restoreBookmark(bookmark, epoch);
        if (answer.status === 'REFUSED') return answer.error.message;
        if (answer.isRestored) return null;
      } catch (error) {
        // That it ends with the object is what was asked for.
        if (attempt >= ATTEMPTS) throw error;
      }
      if (attempt >= ATTEMPTS) throw notRestarted(shard);
      await this.#options.wait(PAUSE_MS * attempt);
    }
  }

  #askOf(name: string): ShardRpc {
    return this.#options.shard(name);
  }

  #requireNoArrival(shard: string, timeMs: number): void {
    const arrivalMs = this.#options.placements.lastArrivalMs(shard);
    if (arrivalMs === null || arrivalMs < timeMs) return;
    throw new ShardQLError(
      'CONFLICT',
      `Expected a time after ${new Date(arrivalMs).toISOString()}, when slots came to this shard from another one, but got ${new Date(timeMs).toISOString()}: the shard had no rows of theirs then, and they would be lost. Choose a later time, or move those slots away first.`,
    );
  }
}

const notRestarted = (shard: string): Error =>
  new Error(`Expected ${shard} to start again with the database of the bookmark, but got one that has not.`);

const unanswered =
  (shard: string) =>
  (error: unknown): never => {
    throw new ShardQLError(
      'SHARD_UNAVAILABLE',
      `Expected ${shard} to answer, but got: ${error instanceof Error ? error.message : String(error)}. Ask again in a moment.`,
      { retryable: true },
    );
  };
