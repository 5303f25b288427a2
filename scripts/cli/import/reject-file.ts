import { createReadStream, truncateSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PrefixHash } from './prefix-hash.ts';
import { NdjsonCutter } from './reading/ndjson-cutter.ts';
import type { Place } from './reading/source-row.ts';

/** A row that failed. */
export interface Reject extends Place {
  readonly file: string;
  /** Name that the file has for the column that is to blame; absent if it has none, or no single column is to blame. */
  readonly column?: string;
  /** The column in the model, as `Customer.createdAt`. */
  readonly field?: string;
  readonly code: string;
  readonly message: string;
  /** The row's bytes, if they are not UTF-8. */
  readonly base64?: string;
  /** The row as JSON text, or as the text that is no JSON; null: it is no text, or too long. */
  readonly row: string | null;
}

/** How much of a file was written, and the SHA-256 of it. */
export interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

export const NOTHING: Written = { bytes: 0, sha256: PrefixHash.from(0).digest() };

/** `row` comes last and nothing before it is nested, so its text can be cut out without parsing (and rounding) it. */
const ROW_MEMBER = ',"row":';

/** NDJSON of rows that failed: `{ file, line, ordinal, column, field, code, message, base64, row }`. Made when there is one. */
export class RejectFile {
  readonly path: string;
  readonly #hash: PrefixHash;
  #handle: FileHandle | null = null;

  private constructor(path: string, hash: PrefixHash) {
    this.path = path;
    this.#hash = hash;
  }

  /** Replaces what is there. */
  static create(path: string): RejectFile {
    return new RejectFile(path, PrefixHash.from(0));
  }

  /** Goes on behind what was written, which is to be kept; null if the file no longer holds that. */
  static async resume(path: string, { bytes, sha256 }: Written): Promise<RejectFile | null> {
    if (bytes === 0) return RejectFile.create(path);
    const hash = await PrefixHash.of(path, 0, bytes);
    if (hash?.digest() !== sha256) return null;
    // What a killed import has written behind it is about rows that are sent again.
    truncateSync(path, bytes);
    return new RejectFile(path, hash);
  }

  get written(): Written {
    return { bytes: this.#hash.end, sha256: this.#hash.digest() };
  }

  async append(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    this.#handle ??= await open(this.path, this.written.bytes === 0 ? 'w' : 'a');
    const text = Buffer.from(rejects.map(toLine).join(''));
    await this.#handle.appendFile(text);
    this.#hash.add(text);
  }

  /** The rows from an offset on, each with the offset behind it. */
  async *read(from = 0): AsyncGenerator<{ readonly reject: Reject; readonly end: number }> {
    const { bytes } = this.written;
    if (from >= bytes) return;
    const cutter = new NdjsonCutter({ offset: from, line: 1, rows: 0 });
    for await (const part of createReadStream(this.path, { start: from, end: bytes - 1 })) {
      for (const row of cutter.cut(part as Buffer)) {
        yield { reject: parseLine(row.bytes!.toString()), end: row.next.offset };
      }
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }
}

function toLine({ row, ...rest }: Reject): string {
  return `${JSON.stringify(rest).slice(0, -1)}${ROW_MEMBER}${row !== null && isJson(row) ? row : JSON.stringify(row)}}\n`;
}

function parseLine(line: string): Reject {
  const at = line.indexOf(ROW_MEMBER);
  return { ...JSON.parse(`${line.slice(0, at)}}`), row: line.slice(at + ROW_MEMBER.length, -1) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return !text.includes('\n');
  } catch {
    return false;
  }
}
