/** How long one step may take, about, in milliseconds: so long do requests wait at most. */
const STEP_MS = 50;
/** Also the smallest step: how long rows take, and how large they are, is found out by steps. */
const FIRST_ROWS = 16;

/** Finds how many rows a step may take by how long steps have taken. How many bytes those may have is up to `rows-that-fit.ts`. */
export class StepSize {
  readonly #maxRows: number;
  #rows: number;

  /** `maxRows`: greatest number of rows of a step. */
  constructor(maxRows: number) {
    this.#maxRows = maxRows;
    this.#rows = Math.min(FIRST_ROWS, maxRows);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Called after each step, whose size changes by halves and doubles: SQLite keeps the statements of few sizes. */
  took(elapsedMs: number): void {
    if (elapsedMs > STEP_MS * 2) this.#rows = Math.min(this.#rows, Math.max(FIRST_ROWS, this.#rows / 2));
    else if (elapsedMs < STEP_MS / 2) this.#rows = Math.min(this.#maxRows, this.#rows * 2);
  }
}
