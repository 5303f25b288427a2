import { BYTE, RowCutter } from './row-cutter.ts';
import type { SourceRow } from './source-row.ts';

/** NDJSON: a row per line. Lines are cut, not parsed: the API judges each by itself. */
export class NdjsonCutter extends RowCutter {
  protected *scan(bytes: Buffer, base: number, isEnd: boolean): Generator<SourceRow> {
    for (;;) {
      const newline = bytes.indexOf(BYTE.newline, this.at - base);
      if (newline === -1 && !isEnd) break;
      const end = newline === -1 ? bytes.byteLength : newline;
      if (this.start === null) this.begin(this.at);
      const isBlank = this.start! >= base && isSpace(bytes, this.start! - base, end);
      this.at = base + end;
      if (newline !== -1) {
        this.at++;
        this.line++;
      }
      if (isBlank) this.start = null;
      else yield this.finish(base + end);
      if (newline === -1) return;
    }
    if (this.start === null && this.at < base + bytes.byteLength) this.begin(this.at);
    this.at = base + bytes.byteLength;
  }
}

function isSpace(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at]! > BYTE.space) return false;
  return true;
}
