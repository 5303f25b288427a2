/** Greatest size of a chunk in bytes, except that one row always fits. */
export const CHUNK_BYTES = 2_000_000;
/** Greatest number of lines of a chunk. The API tells at most 10,000 failures of one request one by one. */
export const CHUNK_LINES = 8_000;

/** Some consecutive rows of a file. */
export interface RowChunk {
  /** NDJSON. */
  readonly body: Buffer<ArrayBuffer>;
  /** Line of the file at which the row in line `bodyLine` (from 1) of the body begins. */
  sourceLine(bodyLine: number): number;
  /** Line of the file at which the first row begins. */
  readonly firstLine: number;
  /** Line of the file at which the last row begins. */
  readonly lastLine: number;
  /** Parts of the file that could not be read as rows. */
  readonly unreadable: readonly UnreadableRow[];
}

/** What stands where a row should. */
export interface UnreadableRow {
  readonly line: number;
  readonly message: string;
  readonly text: string;
}

/** Gathers rows that are read one by one into chunks. */
export class ChunkBuilder {
  #rows: string[] = [];
  #lines: number[] = [];
  #unreadable: UnreadableRow[] = [];
  #length = 0;

  get isFull(): boolean {
    return this.#length >= CHUNK_BYTES || this.#rows.length + this.#unreadable.length >= CHUNK_LINES;
  }

  /** @param json JSON text without line breaks. */
  add(line: number, json: string): void {
    this.#rows.push(json);
    this.#lines.push(line);
    this.#length += json.length;
  }

  fail(row: UnreadableRow): void {
    this.#unreadable.push(row);
  }

  /** The rows so far, if any; the builder is empty afterwards. */
  *take(): Generator<RowChunk> {
    const [lines, unreadable] = [this.#lines, this.#unreadable];
    if (lines.length + unreadable.length === 0) return;
    yield {
      body: Buffer.from(this.#rows.join('\n')),
      sourceLine: (bodyLine) => lines[bodyLine - 1]!,
      firstLine: Math.min(lines[0] ?? Infinity, unreadable[0]?.line ?? Infinity),
      lastLine: Math.max(lines.at(-1) ?? 0, unreadable.at(-1)?.line ?? 0),
      unreadable,
    };
    this.#rows = [];
    this.#lines = [];
    this.#unreadable = [];
    this.#length = 0;
  }
}
