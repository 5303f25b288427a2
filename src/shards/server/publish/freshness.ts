import type { Model } from '../../../model/types.ts';
import { stampLifeMs } from '../../entry-life.ts';
import type { ShardKey } from '../../shard-key.ts';
import { type Version, versionAt } from '../../version.ts';
import type { WallClock } from '../clock.ts';
import type { SqlSession } from '../sql-session.ts';
import { readLogTotals } from '../tables/log-table.ts';
import { loadStamps } from './load-stamps.ts';
import { StampBook } from './stamp-book.ts';

/** Memory for stamps. Several shards may share an isolate of 128 MB. */
const BOOK_BYTES = 8_000_000;

/** What a shard knows about how fresh answers are. In memory; made anew from the log at each start. */
export class Freshness {
  readonly #typeBySqlName: ReadonlyMap<string, string>;
  readonly #book = new StampBook(BOOK_BYTES);
  /** Of the newest log row that the book has taken in. */
  #lastSeq: number;

  constructor(session: SqlSession, model: Model, wallClock: WallClock) {
    this.#typeBySqlName = new Map(model.tables.map(({ sqlName, typeName }) => [sqlName, typeName]));
    const since = versionAt(wallClock() - stampLifeMs(model));
    this.#lastSeq = loadStamps(session, this.#book, this.#typeBySqlName, since);
  }

  /** Takes in the commits made since the last call. To be called right after a commit, before anything else runs. */
  committed(session: SqlSession): void {
    for (const { table, shardKey, lastSeq, version } of readLogTotals(session, this.#lastSeq)) {
      this.#book.note(shardKey as ShardKey, this.#typeBySqlName.get(table)!, version, null);
      this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
    }
  }

  /** Slots came from another shard: `asOf` is from now, and what happened there before is not known here. */
  arrived(asOf: Version): void {
    this.#book.forget(asOf);
  }

  /** For each shard key, the version of the last commit to the tables, or an upper bound. Null: one for all the shard. */
  changed(shardKeys: readonly string[] | null, tables: readonly string[]): Version[] {
    if (shardKeys === null) return [this.#book.changedAnywhere(tables)];
    return shardKeys.map((shardKey) => this.#book.changed(shardKey as ShardKey, tables));
  }
}
