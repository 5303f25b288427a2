import type { LogState } from '../tables/log-state-table.ts';
import type { LogTotal } from '../tables/log-totals.ts';

/**
 * About how large the log is, without reading its rows: as the trimmer has last measured it, and what commits of this life have
 * added since. Rows of the life before that nobody has measured are missing, a thousand or so at most.
 */
export class LogSize {
  /** Rows after this one are counted here. */
  #fromSeq: number;
  #lastSeq: number;
  #addedBytes = 0;

  constructor(lastSeq: number) {
    this.#fromSeq = lastSeq;
    this.#lastSeq = lastSeq;
  }

  committed(totals: readonly LogTotal[]): void {
    for (const { bytes, lastSeq } of totals) {
      this.#addedBytes += bytes;
      this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
    }
  }

  bytes({ bytes, measuredSeq }: Pick<LogState, 'bytes' | 'measuredSeq'>): number {
    if (measuredSeq > this.#fromSeq) {
      // What was measured is left out, as if all rows were alike.
      this.#addedBytes *= Math.max(0, this.#lastSeq - measuredSeq) / Math.max(1, this.#lastSeq - this.#fromSeq);
      this.#fromSeq = measuredSeq;
    }
    return Math.round(bytes + this.#addedBytes);
  }
}
