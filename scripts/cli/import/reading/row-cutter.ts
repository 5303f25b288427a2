import { MAX_LINE_BYTES } from '../../../../src/http/import/ndjson-lines.ts';
import type { Position, SourceRow } from './source-row.ts';

export const BYTE = {
  newline: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  quote: 0x22,
  comma: 0x2c,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/**
 * Cuts a file into the bytes of its rows, wherever the parts that it comes in end. All formats are cut at bytes of ASCII,
 * which in UTF-8 are never part of another character. Holds one part and one unfinished row; of a row that is longer than
 * rows may be, only where it ends.
 */
export abstract class RowCutter {
  #bytes: Buffer = Buffer.alloc(0);
  /** Offset of the first of them. */
  #base: number;
  /** Offset of the next byte to look at. */
  protected at: number;
  /** Line of that byte. */
  protected line: number;
  /** Rows that are cut. */
  protected rows: number;
  /** Where the row begins that is being read. */
  protected start: number | null = null;
  protected startLine: number;
  /** What is wrong with it. */
  protected problem: string | null = null;

  constructor({ offset, line, rows }: Position) {
    this.#base = offset;
    this.at = offset;
    this.line = line;
    this.startLine = line;
    this.rows = rows;
  }

  /** The rows that end in the next part of the file. */
  *cut(part: Buffer): Generator<SourceRow> {
    this.#bytes = this.#bytes.byteLength === 0 ? part : Buffer.concat([this.#bytes, part]);
    yield* this.scan(this.#bytes, this.#base, false);
    this.#forget();
  }

  /** The row that the end of the file ends. Throws `StructureError` if it comes too early. */
  *end(): Generator<SourceRow> {
    yield* this.scan(this.#bytes, this.#base, true);
  }

  /** Looks at the bytes from `at` on. @param base Offset of the first of `bytes`. */
  protected abstract scan(bytes: Buffer, base: number, isEnd: boolean): Generator<SourceRow>;

  protected begin(offset: number): void {
    this.start = offset;
    this.startLine = this.line;
  }

  /** The row that is being read ends before `end`; reading goes on at `at`. */
  protected finish(end: number): SourceRow {
    const start = this.start!;
    const bytes = start < this.#base ? null : this.#bytes.subarray(start - this.#base, end - this.#base);
    this.rows++;
    const row: SourceRow = {
      line: this.startLine,
      ordinal: this.rows,
      offset: start,
      bytes: bytes !== null && bytes.byteLength > MAX_LINE_BYTES ? null : bytes,
      problem: this.problem,
      next: { offset: this.at, line: this.line, rows: this.rows },
    };
    this.start = null;
    this.problem = null;
    return row;
  }

  #forget(): void {
    const end = this.#base + this.#bytes.byteLength;
    const kept = this.start ?? this.at;
    const from = end - kept > MAX_LINE_BYTES ? this.at : kept;
    this.#bytes = from <= this.#base ? this.#bytes : this.#bytes.subarray(from - this.#base);
    this.#base = Math.max(from, this.#base);
  }
}
