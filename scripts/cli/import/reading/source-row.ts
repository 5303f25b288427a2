/** Where reading can go on. Offsets count bytes from 0, lines from 1. */
export interface Position {
  readonly offset: number;
  /** Line of the byte at `offset`. */
  readonly line: number;
  /** Rows before it; the header of CSV is none. */
  readonly rows: number;
}

/** Where a row stands, for people. */
export interface Place {
  /** Line at which it begins, from 1. */
  readonly line: number;
  /** Which row of the file it is, from 1: tells rows apart that share a line. */
  readonly ordinal: number;
}

/** A row as it stands in a file. */
export interface SourceRow extends Place {
  readonly offset: number;
  /** Null: longer than any row may be. */
  readonly bytes: Buffer | null;
  /** Why it cannot be read as a row, as far as its form tells. */
  readonly problem: string | null;
  readonly next: Position;
}

/** From here on nobody can tell where rows begin. */
export class StructureError extends Error {
  readonly place: Place;

  constructor(place: Place, message: string) {
    super(`${message} The rest of the file is left out.`);
    this.place = place;
  }
}
