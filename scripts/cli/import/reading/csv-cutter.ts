import { BYTE, RowCutter } from './row-cutter.ts';
import { type SourceRow, StructureError } from './source-row.ts';

const WRONG_QUOTES = 'Expected quotes as in RFC 4180 (around whole cells, doubled inside), but got one elsewhere.';

type Where = 'cell start' | 'plain cell' | 'quoted cell' | 'after a quote';

/**
 * Records of CSV as RFC 4180 has it; lines end with CRLF, LF or CR. A record with a quote in a wrong place fails alone:
 * such a quote is taken as a character of its cell, as its writer meant it, so that the record ends where it should.
 */
export class CsvCutter extends RowCutter {
  #where: Where = 'cell start';

  protected *scan(bytes: Buffer, base: number, isEnd: boolean): Generator<SourceRow> {
    const length = bytes.byteLength;
    let index = this.at - base;
    while (index < length) {
      const byte = bytes[index]!;
      if (this.#where === 'quoted cell') {
        if (byte === BYTE.quote) this.#where = 'after a quote';
        else if (byte === BYTE.newline) this.line++;
        index++;
        continue;
      }
      if (byte === BYTE.newline || byte === BYTE.carriageReturn) {
        // Whether a line feed follows shows in the next part.
        if (byte === BYTE.carriageReturn && index + 1 === length && !isEnd) break;
        const isPair = byte === BYTE.carriageReturn && bytes[index + 1] === BYTE.newline;
        this.#closeRecord();
        this.line++;
        this.at = base + index + (isPair ? 2 : 1);
        if (this.start !== null) yield this.finish(base + index);
        index = this.at - base;
        continue;
      }
      if (this.start === null) this.begin(base + index);
      this.#where = this.#after(byte);
      index++;
    }
    this.at = base + index;
    if (!isEnd || this.start === null) return;
    if (this.#where === 'quoted cell') {
      const place = { line: this.startLine, ordinal: this.rows + 1 };
      const problem = this.problem ?? 'Expected a quoted cell to end with a quote, but the file ends.';
      throw new StructureError(place, problem);
    }
    this.#closeRecord();
    yield this.finish(this.at);
  }

  #after(byte: number): Where {
    if (byte === BYTE.comma) return 'cell start';
    if (byte !== BYTE.quote) {
      if (this.#where !== 'after a quote') return 'plain cell';
      this.problem = WRONG_QUOTES;
      return 'quoted cell';
    }
    if (this.#where === 'plain cell') {
      this.problem = WRONG_QUOTES;
      return 'plain cell';
    }
    return 'quoted cell';
  }

  #closeRecord(): void {
    this.#where = 'cell start';
    if (this.problem === null || this.line === this.startLine) return;
    this.problem += ` Lines ${this.startLine} to ${this.line} are left out.`;
  }
}
