import { Tokenizer, TokenType } from '@streamparser/json';
import { ChunkBuilder, type RowChunk } from './row-chunk.ts';

const NEWLINE = 0x0a;

/** Reads one JSON array of objects. What is not JSON ends the file: nobody could tell where the next row begins. */
export async function* jsonChunks(file: AsyncIterable<Buffer>): AsyncGenerator<RowChunk> {
  const chunk = new ChunkBuilder();
  const elements = new ElementCutter();
  try {
    for await (const part of file) {
      for (const { line, text } of elements.cut(part)) {
        chunk.add(line, text);
        if (chunk.isFull) yield* chunk.take();
      }
    }
    elements.end();
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    chunk.fail({ line: elements.line, message: `${error.message} The rest of the file is left out.`, text: '' });
  }
  yield* chunk.take();
}

class SyntaxProblem extends Error {}

interface Element {
  readonly line: number;
  readonly text: string;
}

/**
 * Cuts the array into the texts of its elements. They are kept as they were written, since parsed numbers might have
 * lost digits.
 */
class ElementCutter {
  readonly #tokenizer = new Tokenizer();
  #depth = 0;
  #isEnded = false;
  /** Bytes from `#base` on that are not cut yet. */
  #bytes: Buffer = Buffer.alloc(0);
  #base = 0;
  /** Where the element begins that is being read. */
  #start: number | null = null;
  #cuts: { readonly start: number; readonly end: number }[] = [];
  /** Line of the first byte not cut yet. */
  #line = 1;

  constructor() {
    this.#tokenizer.onToken = ({ token, offset }) => this.#take(token, offset);
    this.#tokenizer.onError = (error) => {
      throw new SyntaxProblem(`Expected a JSON array of objects, but got what is not JSON (${error.message}).`);
    };
    this.#tokenizer.onEnd = () => {};
  }

  get line(): number {
    return this.#line;
  }

  *cut(part: Buffer): Generator<Element> {
    this.#bytes = Buffer.concat([this.#bytes, part]);
    this.#cuts = [];
    let problem: unknown;
    try {
      this.#tokenizer.write(part);
    } catch (error) {
      problem = error;
    }
    let done = this.#base;
    for (const { start, end } of this.#cuts) {
      this.#line += countNewlines(this.#slice(done, start));
      const bytes = this.#slice(start, end);
      // Line breaks inside of JSON strings are escaped, so those that are left are white space.
      yield {
        line: this.#line,
        text: bytes
          .toString()
          .replace(/[\r\n]+/g, ' ')
          .trimEnd(),
      };
      this.#line += countNewlines(bytes);
      done = end;
    }
    this.#bytes = this.#slice(done, this.#base + this.#bytes.byteLength);
    this.#base = done;
    if (problem !== undefined) throw problem;
  }

  end(): void {
    if (!this.#isEnded) throw new SyntaxProblem('Expected a JSON array of objects, but it does not end.');
  }

  #take(token: TokenType, offset: number): void {
    const isFirst = this.#depth === 0;
    if (isFirst && token !== TokenType.LEFT_BRACKET) {
      throw new SyntaxProblem('Expected a JSON array of objects, but got another value.');
    }
    const closes = token === TokenType.RIGHT_BRACKET || token === TokenType.RIGHT_BRACE;
    const opens = token === TokenType.LEFT_BRACKET || token === TokenType.LEFT_BRACE;
    if (this.#depth === 1 && (token === TokenType.COMMA || closes)) {
      if (this.#start !== null) this.#cuts.push({ start: this.#start, end: offset });
      this.#start = null;
      if (closes) this.#isEnded = true;
    } else if (this.#depth === 1) this.#start ??= offset;
    if (opens) this.#depth++;
    if (closes) this.#depth--;
  }

  #slice(start: number, end: number): Buffer {
    return this.#bytes.subarray(start - this.#base, end - this.#base);
  }
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
