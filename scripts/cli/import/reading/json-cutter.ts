import { BYTE, RowCutter } from './row-cutter.ts';
import { type Position, type SourceRow, StructureError } from './source-row.ts';

type Where = 'before the array' | 'in the array' | 'after the array';

const NO_ARRAY = 'Expected a JSON array of objects, but got';

/**
 * One JSON array. Its elements are cut at its own commas and kept as they were written, since parsed numbers might have
 * lost digits. What is wrong within an element fails alone, as long as its brackets and quotes tell where it ends.
 */
export class JsonCutter extends RowCutter {
  #where: Where;
  /** A comma came: an element has to follow. */
  #isElementDue = false;
  /** What closes the brackets that are open within the element, outermost first. */
  readonly #closers: number[] = [];
  #isInText = false;
  #isEscaped = false;

  /** @param from The beginning, or the end of an element. */
  constructor(from: Position) {
    super(from);
    this.#where = from.rows === 0 ? 'before the array' : 'in the array';
  }

  protected *scan(bytes: Buffer, base: number, isEnd: boolean): Generator<SourceRow> {
    const length = bytes.byteLength;
    for (let index = this.at - base; index < length; index++) {
      const byte = bytes[index]!;
      this.at = base + index;
      if (byte === BYTE.newline) this.line++;
      if (this.#isInText) this.#inText(byte);
      else if (byte > BYTE.space) {
        if ((byte === BYTE.comma || byte === BYTE.closeBracket) && this.#isBetweenElements) {
          yield* this.#endElement(byte);
        } else this.#inElement(byte);
      }
    }
    this.at = base + length;
    if (!isEnd || this.#where === 'after the array') return;
    throw new StructureError(this.#place, 'Expected a JSON array of objects, but it does not end.');
  }

  #inText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BYTE.backslash) this.#isEscaped = true;
    else if (byte === BYTE.quote) this.#isInText = false;
    else if (byte < BYTE.space) {
      this.problem ??=
        'Expected line breaks and other control characters in text to be escaped, as \\n, but got one itself.';
    }
  }

  get #isBetweenElements(): boolean {
    return this.#where === 'in the array' && this.#closers.length === 0;
  }

  *#endElement(byte: number): Generator<SourceRow> {
    if (this.start === null && (this.#isElementDue || (byte === BYTE.comma && this.rows === 0))) {
      this.begin(this.at);
      this.problem = 'Expected an object between commas, but got nothing.';
    }
    if (this.start !== null) yield this.finish(this.at);
    this.#isElementDue = byte === BYTE.comma;
    if (byte === BYTE.closeBracket) this.#where = 'after the array';
  }

  #inElement(byte: number): void {
    if (this.#where === 'before the array') {
      if (byte !== BYTE.openBracket) throw new StructureError(this.#place, `${NO_ARRAY} another value.`);
      this.#where = 'in the array';
      return;
    }
    if (this.#where === 'after the array') {
      throw new StructureError(this.#place, 'Expected the file to end after the JSON array, but got more.');
    }
    if (this.start === null) this.begin(this.at);
    if (byte === BYTE.quote) this.#isInText = true;
    else if (byte === BYTE.openBracket) this.#closers.push(BYTE.closeBracket);
    else if (byte === BYTE.openBrace) this.#closers.push(BYTE.closeBrace);
    else if (byte === BYTE.closeBracket || byte === BYTE.closeBrace) {
      if (this.#closers.pop() === byte) return;
      throw new StructureError(this.#place, `${NO_ARRAY} brackets that do not match.`);
    }
  }

  get #place() {
    return { line: this.start === null ? this.line : this.startLine, ordinal: this.rows + 1 };
  }
}
