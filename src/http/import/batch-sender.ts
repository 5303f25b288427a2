import type { RequestScope } from '../request-scope.ts';
import type { ReportBuilder } from './import-report.ts';
import type { Line } from './ndjson-lines.ts';
import { RowBatch, type SentBatch } from './row-batch.ts';
import type { DecodedRow } from './row-decoder.ts';

/**
 * Sends the rows of one table in batches, in the order they come. While one batch is on its way the next is gathered;
 * never are two on their way, or a later row might be written before an earlier one with the same key.
 */
export class BatchSender {
  readonly #scope: Pick<RequestScope, 'shards' | 'reader'>;
  readonly #table: string;
  readonly #importId: string | undefined;
  readonly #report: ReportBuilder;
  #batch = new RowBatch();
  #sending: Promise<SentBatch> | null = null;

  constructor(
    scope: Pick<RequestScope, 'shards' | 'reader'>,
    table: string,
    importId: string | undefined,
    report: ReportBuilder,
  ) {
    this.#scope = scope;
    this.#table = table;
    this.#importId = importId;
    this.#report = report;
  }

  async add(decoded: DecodedRow, { number, bytes }: Line): Promise<void> {
    if (!this.#batch.hasRoomFor(decoded)) await this.#send();
    this.#batch.add(decoded, number, bytes);
  }

  /** Resolves when all rows are answered for. */
  async finish(): Promise<void> {
    await this.#send();
    await this.#settle();
  }

  async #send(): Promise<void> {
    await this.#settle();
    this.#sending = this.#batch.send(this.#scope.shards, this.#table, this.#importId);
    // Its failure is thrown when it is awaited; until then it is not unhandled.
    this.#sending.catch(() => {});
    this.#batch = new RowBatch();
  }

  async #settle(): Promise<void> {
    if (this.#sending === null) return;
    const { report, commits } = await this.#sending;
    this.#sending = null;
    this.#report.add(report);
    for (const commit of commits) this.#scope.reader.wrote(commit);
  }
}
