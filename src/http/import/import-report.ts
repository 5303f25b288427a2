import type { TableModel } from '../../model/types.ts';
import type { WireError } from '../../shards/errors.ts';

/** Answer of an import. Lines count from 1 in the request's body. */
export interface ImportReport {
  readonly inserted: number;
  readonly updated: number;
  /** Rows that were there with equal values: not written. */
  readonly unchanged: number;
  /**
   * Of the updated rows, those that were written since the import began, which `&import=` names: their keys came before
   * with other values, or somebody else changed them meanwhile.
   */
  readonly rewritten: number;
  /** Rows with the key of an earlier line of this request, in order; the first 10,000. */
  readonly repeats: readonly Repeat[];
  readonly failed: number;
  /** Rows that a dry run found nothing wrong with. */
  readonly valid: number;
  /** At most 10,000, ascending by line. `field` is a GraphQL name. */
  readonly failures: readonly { line: number; code: string; message: string; field?: string }[];
}

/** A line with the primary key of an earlier line; the later one wins. */
interface Repeat {
  readonly line: number;
  readonly firstLine: number;
}

/** A row that failed alone. */
interface LineFailure {
  readonly line: number;
  readonly error: WireError;
}

/** Outcome of some of the rows. */
export type PartialReport = Pick<ImportReport, 'inserted' | 'updated' | 'unchanged' | 'rewritten'> & {
  readonly failures: readonly LineFailure[];
};

/** Further failures and repeats are counted, but not listed. */
const MAX_LISTED = 10_000;

/** Adds up the parts of an import, in bounded memory. */
export class ReportBuilder {
  readonly #table: TableModel;
  readonly #counts = { inserted: 0, updated: 0, unchanged: 0, rewritten: 0, failed: 0, valid: 0 };
  readonly #failures: LineFailure[] = [];
  readonly #repeats: Repeat[] = [];

  constructor(table: TableModel) {
    this.#table = table;
  }

  add({ inserted, updated, unchanged, rewritten, failures }: PartialReport): void {
    this.#counts.inserted += inserted;
    this.#counts.updated += updated;
    this.#counts.unchanged += unchanged;
    this.#counts.rewritten += rewritten;
    for (const { line, error } of failures) this.fail(line, error);
  }

  fail(line: number, error: WireError): void {
    this.#counts.failed++;
    if (this.#failures.length < MAX_LISTED) this.#failures.push({ line, error });
  }

  repeat(line: number, firstLine: number): void {
    if (this.#repeats.length < MAX_LISTED) this.#repeats.push({ line, firstLine });
  }

  pass(): void {
    this.#counts.valid++;
  }

  build(): ImportReport {
    const failures = this.#failures
      .sort((a, b) => a.line - b.line)
      .map(({ line, error }) => ({
        line,
        code: error.code,
        message: messageOf(this.#table, error),
        field: error.details.field,
      }));
    return { ...this.#counts, repeats: this.#repeats, failures };
  }
}

/** A value that a mutation would compute has to be in the file: computed anew, it would change the row with every import. */
function messageOf(table: TableModel, { code, message, details: { field } }: WireError): string {
  const isComputed = field !== undefined && Boolean(table.columnByName.get(field)?.defaultFn);
  return code === 'NOT_NULL_VIOLATION' && isComputed
    ? `${message} Imports do not run $defaultFn and $onUpdateFn: give the value in the file.`
    : message;
}
