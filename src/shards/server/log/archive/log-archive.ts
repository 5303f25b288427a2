import { toHex } from '../../../../lib/hex.ts';
import { invariant } from '../../../../lib/invariant.ts';
import { inTime, type Timers, wait } from '../../../../lib/timers.ts';
import type { SqlSession } from '../../../sql/sql-session.ts';
import { type ArchivedSegment, completeSegment, type LogSegment } from '../../tables/log-archive-table.ts';
import { type LogRow, readLogRows } from '../../tables/log-table.ts';
import { archiveUnavailable, damagedObject, missingObject } from './errors.ts';
import {
  type ArchivedShard,
  decodeRows,
  encodeHeader,
  encodeRow,
  logObjectKey,
  readAll,
  unpack,
} from './log-object.ts';

/** What the archive needs of an R2 bucket. */
export interface LogBucket {
  put(
    key: string,
    value: Uint8Array,
    options: { readonly sha256: string; readonly customMetadata: Record<string, string> },
  ): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
}

interface LogArchiveOptions {
  readonly bucket: LogBucket;
  readonly shard: ArchivedShard;
  readonly session: SqlSession;
  readonly timers: Timers;
}

/** A call to the bucket that takes longer counts as failed, in milliseconds. */
const CALL_TIMEOUT_MS = 20_000;
/** Rows that are read and packed with no other request in between. */
const ROWS_PER_STEP = 100;

/** Keeps rows of the log in a bucket, one object for each segment. */
export class LogArchive {
  readonly #options: LogArchiveOptions;

  constructor(options: LogArchiveOptions) {
    this.#options = options;
  }

  /**
   * Puts the rows of a segment, which nothing may trim meanwhile, and notes that they are there. Again after a crash: the object is
   * the same.
   *
   * @throws Error if the bucket does not take it.
   */
  async store(segment: LogSegment): Promise<void> {
    const { bucket, shard, session, timers } = this.#options;
    const bytes = await this.#pack(segment);
    const sha256 = await digest(bytes);
    const customMetadata = {
      sha256,
      firstVersion: String(segment.firstVersion),
      lastVersion: String(segment.lastVersion),
    };
    // The bucket compares what arrives with the hash, too.
    const put = bucket.put(logObjectKey(shard, segment), bytes, { sha256, customMetadata });
    await inTime(timers, put, CALL_TIMEOUT_MS, tooLate);
    completeSegment(session, segment, sha256);
  }

  /**
   * The rows of a segment.
   *
   * @throws ShardQLError ARCHIVE_UNREADABLE if the object is missing or damaged, SHARD_UNAVAILABLE if the bucket does not answer.
   */
  async fetch(segment: ArchivedSegment): Promise<Iterable<LogRow>> {
    const { shard } = this.#options;
    const key = logObjectKey(shard, segment);
    const bytes = await this.#get(key);
    if (bytes === null) throw missingObject(key);
    if ((await digest(bytes)) !== segment.sha256) throw damagedObject(key);
    return decodeRows(await unpack(bytes), shard, segment);
  }

  async #get(key: string): Promise<Uint8Array | null> {
    const { bucket, timers } = this.#options;
    const read = async () => {
      const object = await bucket.get(key);
      return object && new Uint8Array(await object.arrayBuffer());
    };
    try {
      return await inTime(timers, read(), CALL_TIMEOUT_MS, tooLate);
    } catch {
      throw archiveUnavailable(key);
    }
  }

  async #pack(segment: LogSegment): Promise<Uint8Array> {
    const { shard, session, timers } = this.#options;
    const stream = new CompressionStream('gzip');
    const packed = readAll(stream.readable as never);
    const writer = stream.writable.getWriter();
    await writer.write(encodeHeader(shard, segment) as never);
    for (let seq = segment.firstSeq; seq <= segment.lastSeq; seq += ROWS_PER_STEP) {
      const last = Math.min(segment.lastSeq, seq + ROWS_PER_STEP - 1);
      const rows = readLogRows(session, seq, last);
      invariant(rows.length === last - seq + 1, 'Expected all rows that are to be archived, but some are gone.');
      await writer.write((await new Blob(rows.map(encodeRow) as never).arrayBuffer()) as never);
      await wait(timers, 0);
    }
    await writer.close();
    return await packed;
  }
}

const digest = async (bytes: Uint8Array): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as never)));

const tooLate = (): Promise<never> =>
  Promise.reject(new Error('Expected the bucket of the log archive to answer in time, but got no answer.'));
