import { Presets, SingleBar } from 'cli-progress';
import { endsOf, type RowChunk } from './reading/row-chunk.ts';
import type { Reject } from './reject-file.ts';
import type { ChunkOutcome } from './send-chunk.ts';
import type { TableFile } from './table-files.ts';
import { describeTotals, type Totals } from './totals.ts';

/** Failures beyond these are only in the reject file, repeated keys beyond these only in the totals. */
const MAX_SHOWN = 100;
const KEPT = 'the row that is written last stays.';
const FORMAT = '{bar} {percentage}% | {table} | {rows} rows | {rate} rows/s | ETA {eta_formatted}';

export interface ReporterOptions {
  readonly totalBytes: number;
  readonly isDryRun: boolean;
  /** Standard output is for the result alone. */
  readonly isJson: boolean;
}

/** Shows an import to its user: a progress bar on a terminal, else a line per table. */
export class ImportReporter {
  readonly #options: ReporterOptions;
  readonly #bar: SingleBar | null;
  readonly #startMs = performance.now();
  #bytes = 0;
  #rows = 0;
  #failuresShown = 0;
  #repeatsShown = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#bar = process.stderr.isTTY
      ? new SingleBar(
          { format: FORMAT, clearOnComplete: true, hideCursor: true, etaBuffer: 50 },
          Presets.shades_classic,
        )
      : null;
    this.#bar?.start(options.totalBytes, 0, { table: '', rows: 0, rate: 0 });
  }

  get seconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }

  read(bytes: number): void {
    this.#bytes += bytes;
  }

  sent(table: string, rows: number): void {
    this.#rows += rows;
    this.#bar?.update(this.#bytes, { table, rows: this.#rows, rate: Math.round(this.#rows / this.seconds) });
  }

  failed(reject: Reject): void {
    this.#failuresShown++;
    if (this.#failuresShown <= MAX_SHOWN) this.#say(describeReject(reject));
    if (this.#failuresShown === MAX_SHOWN + 1) this.#say('… further rows that fail are in the reject file only.');
  }

  /** Tells keys that came before: where two rows of one chunk have it by both lines, else by the lines of the chunk. */
  repeated({ path }: TableFile, chunk: RowChunk, { repeats, rewrittenElsewhere }: ChunkOutcome): void {
    for (const { place, first } of repeats) {
      this.#repeatsShown++;
      const rows = isJson(path) ? ` Rows ${place.ordinal} and ${first.ordinal}.` : '';
      if (this.#repeatsShown <= MAX_SHOWN)
        this.#say(`${path}:${place.line}: Has the key of line ${first.line}: ${KEPT}${rows}`);
      if (this.#repeatsShown === MAX_SHOWN + 1)
        this.#say('… further rows with the key of an earlier one are only counted.');
    }
    if (rewrittenElsewhere > 0) {
      const { first, last } = endsOf(chunk);
      const where = `${path}:${first.line}-${last.line}: ${rewrittenElsewhere} ${rewrittenElsewhere === 1 ? 'row' : 'rows'}`;
      this.#say(`${where} changed what was written since the import began, by earlier rows of it or by somebody else.`);
    }
  }

  finished(table: string, totals: Totals): void {
    if (!this.#options.isJson) console.log(`${table}: ${describeTotals(totals, this.#options.isDryRun)}`);
  }

  note(text: string): void {
    this.#say(text);
  }

  stop(): void {
    this.#bar?.stop();
  }

  #say(text: string): void {
    // Ends the bar's line; the bar redraws itself below.
    if (this.#bar) process.stderr.write('\r\x1b[K');
    console.error(text);
  }
}

/** Such as `customers.csv:3: BAD_USER_INPUT: Expected …, but got …. Column created_at (Customer.createdAt).` */
function describeReject({ file, line, ordinal, code, message, column, field }: Reject): string {
  const told = [`${file}:${line}: ${code}: ${message}`];
  // A column that the model does not have is in the message.
  if (field !== undefined) told.push(column === undefined ? `Column ${field}.` : `Column ${column} (${field}).`);
  if (isJson(file)) told.push(`Row ${ordinal}.`);
  return told.join(' ');
}

/** Rows of a JSON array may be all on one line. */
const isJson = (path: string): boolean => /\.json$/i.test(path);
