import type { ShardKey } from '../../shard-key.ts';
import type { LogTotal } from '../tables/log-totals.ts';

/** Shard keys whose growth is counted by itself until it is reported. */
const MAX_KEYS = 256;
/** Those of them that a report names. */
const MAX_REPORTED_KEYS = 16;

interface Growth {
  /** Those with the greatest changes, greatest first. */
  readonly byKey: readonly (readonly [shardKey: ShardKey, bytes: number])[];
  /** Of all others together. */
  readonly other: number;
}

/**
 * By how much the rows under each shard key grow, in bytes, estimated from the pages that commits take and give back: SQLite
 * does not tell sizes of rows, and to add up their values would read them all. A single commit rarely needs a page, and
 * then a whole one; but a shard key with a tenth of all rows takes a tenth of the pages, on average. What the log takes is known, and
 * left out: it is given up later, by nobody's commit.
 */
export class RowGrowth {
  #bytesByKey = new Map<ShardKey, number>();
  #other = 0;

  /** A commit has taken `bytes` (less than zero: given back), and has changed these rows. */
  add(bytes: number, totals: readonly LogTotal[]): void {
    const logged = totals.reduce((sum, total) => sum + total.bytes, 0);
    const rows = totals.reduce((sum, total) => sum + total.rows, 0);
    for (const total of totals) {
      // A commit has several shard keys where rows of several are imported: rows of one table are about as large as others.
      const share = total.rows / rows;
      this.#addTo(total.shardKey, (bytes - logged) * share);
    }
  }

  /** Begins anew. */
  take(): Growth {
    const sorted = [...this.#bytesByKey].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    const rest = sorted.slice(MAX_REPORTED_KEYS).reduce((sum, [, bytes]) => sum + bytes, this.#other);
    this.#bytesByKey = new Map();
    this.#other = 0;
    return {
      byKey: sorted.slice(0, MAX_REPORTED_KEYS).map(([key, bytes]) => [key, Math.round(bytes)] as const),
      other: Math.round(rest),
    };
  }

  #addTo(shardKey: ShardKey, bytes: number): void {
    const known = this.#bytesByKey.get(shardKey);
    if (known === undefined && this.#bytesByKey.size >= MAX_KEYS) this.#other += bytes;
    else this.#bytesByKey.set(shardKey, (known ?? 0) + bytes);
  }
}
