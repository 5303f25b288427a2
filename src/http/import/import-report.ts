import type { WireError } from '../../shards/errors.ts';

/** Answer of an import. Lines count from 1 in the request's body. */
export interface ImportReport {
  readonly inserted: number;
  readonly updated: number;
  /** Rows that were there with equal values: not written. */
  readonly unchanged: number;
  readonly failed: number;
  /** Rows that a dry run found nothing wrong with. */
  readonly valid: number;
  /** At most 10,000, ascending by line. `field` is a GraphQL name. */
  readonly failures: readonly { line: number; code: string; message: string; field?: string }[];
}

/** A row that failed alone. */
export interface LineFailure {
  readonly line: number;
  readonly error: WireError;
}

/** What became of some of the rows. */
export type PartialReport = Pick<ImportReport, 'inserted' | 'updated' | 'unchanged'> & {
  readonly failures: readonly LineFailure[];
};

/** More failures are counted, but not told one by one. */
const MAX_FAILURES_TOLD = 10_000;

/** Adds up the parts of an import, in bounded memory. */
export class ReportBuilder {
  readonly #counts = { inserted: 0, updated: 0, unchanged: 0, failed: 0, valid: 0 };
  readonly #failures: LineFailure[] = [];

  add({ inserted, updated, unchanged, failures }: PartialReport): void {
    this.#counts.inserted += inserted;
    this.#counts.updated += updated;
    this.#counts.unchanged += unchanged;
    for (const { line, error } of failures) this.fail(line, error);
  }

  fail(line: number, error: WireError): void {
    this.#counts.failed++;
    if (this.#failures.length < MAX_FAILURES_TOLD) this.#failures.push({ line, error });
  }

  pass(): void {
    this.#counts.valid++;
  }

  build(): ImportReport {
    const failures = this.#failures
      .sort((a, b) => a.line - b.line)
      .map(({ line, error: { code, message, details } }) => ({ line, code, message, field: details.field }));
    return { ...this.#counts, failures };
  }
}
