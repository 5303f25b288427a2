import type { Place, Position } from './source-row.ts';

/** Size in bytes at which a chunk is full; it may be exceeded by one row. */
const CHUNK_BYTES = 2_000_000;
/** Greatest number of rows of a chunk. The API tells at most 10,000 failures of one request one by one. */
const CHUNK_ROWS = 8_000;

/** Some consecutive rows of a file. */
export interface RowChunk {
  /** NDJSON. */
  readonly body: Buffer<ArrayBuffer>;
  /** Where the rows of the body's lines stand, in order. */
  readonly places: readonly Place[];
  /** Parts of the file that could not be read as rows, in order. */
  readonly unreadable: readonly UnreadableRow[];
}

/** A chunk that was read from a file. */
export interface FileChunk extends RowChunk {
  /** Where the file goes on; at its end if the chunk is the last. */
  readonly next: Position;
  readonly isLast: boolean;
}

/** What stands where a row should. */
export interface UnreadableRow extends Place {
  readonly code: 'UNREADABLE' | 'VALUE_TOO_LARGE';
  readonly message: string;
  /** Null: the bytes are no text, and given in base64, or too many to be kept. */
  readonly text: string | null;
  readonly base64?: string;
}

/** Gathers rows that are read one by one into chunks. */
export class ChunkBuilder {
  #rows: Buffer[] = [];
  #places: Place[] = [];
  #unreadable: UnreadableRow[] = [];
  #bytes = 0;

  get isFull(): boolean {
    return this.#bytes >= CHUNK_BYTES || this.#places.length + this.#unreadable.length >= CHUNK_ROWS;
  }

  get isEmpty(): boolean {
    return this.#places.length + this.#unreadable.length === 0;
  }

  /** @param json JSON text without line breaks. */
  add({ line, ordinal }: Place, json: Buffer): void {
    this.#rows.push(json, NEWLINE);
    this.#places.push({ line, ordinal });
    this.#bytes += json.byteLength;
  }

  fail(row: UnreadableRow): void {
    this.#unreadable.push(row);
    this.#bytes += row.text?.length ?? row.base64?.length ?? 0;
  }

  /** The rows so far; the builder is empty afterwards. */
  take(): RowChunk {
    const chunk = { body: Buffer.concat(this.#rows), places: this.#places, unreadable: this.#unreadable };
    this.#rows = [];
    this.#places = [];
    this.#unreadable = [];
    this.#bytes = 0;
    return chunk;
  }
}

const NEWLINE = Buffer.from('\n');

/** The first and the last row of a chunk. */
export function endsOf({ places, unreadable }: RowChunk): { readonly first: Place; readonly last: Place } {
  const all = [...places, ...unreadable].sort((a, b) => a.ordinal - b.ordinal);
  return { first: all[0]!, last: all.at(-1)! };
}
