import { TOKEN_HEADER } from '../../src/http/core/headers.ts';
import type { ImportReport } from '../../src/http/import/import-report.ts';
import type { ImportTable } from '../../src/http/import/import-tables.ts';
import { type ApiClient, type ApiRequest, readJson } from './api-client.ts';

/** Speaks to the `/import` of a running API; throws `CliError` if it cannot be reached or refuses. */
export class ImportClient {
  readonly api: ApiClient;
  readonly #dryRun: boolean;
  /** Of the last answer: the session that has written all rows so far. Null: nothing was written. */
  token: string | null = null;

  /** With `dryRun`, rows are checked and not written. */
  constructor(api: ApiClient, { dryRun = false } = {}) {
    this.api = api;
    this.#dryRun = dryRun;
  }

  /** Referenced tables first. */
  async tables(): Promise<readonly ImportTable[]> {
    const { tables } = await this.#request<{ tables: readonly ImportTable[] }>();
    return tables;
  }

  /** Calls with one `importId` hear of keys that they repeat. */
  importRows(table: string, ndjson: Uint8Array<ArrayBuffer>, importId?: string): Promise<ImportReport> {
    return this.#send(
      { table, ...(importId !== undefined && { import: importId }), ...(this.#dryRun && { dryRun: '1' }) },
      ndjson,
    );
  }

  /** Rows of a backup: lines are arrays of stored cells of the columns, which go by their names in SQL. */
  importStoredRows(table: string, columns: readonly string[], ndjson: Uint8Array<ArrayBuffer>): Promise<ImportReport> {
    return this.#send({ table, stored: JSON.stringify(columns) }, ndjson);
  }

  #send(query: Readonly<Record<string, string>>, ndjson: Uint8Array<ArrayBuffer>): Promise<ImportReport> {
    const headers = { 'content-type': 'application/x-ndjson' };
    return this.#request({ query, method: 'POST', headers, body: ndjson });
  }

  async #request<T>(request: ApiRequest = {}): Promise<T> {
    const headers = { ...request.headers, ...(this.token !== null && { [TOKEN_HEADER]: this.token }) };
    const response = await this.api.request('/import', { ...request, headers });
    this.token = response.headers.get(TOKEN_HEADER) ?? this.token;
    return readJson<T>(new URL('/import', this.api.origin), response);
  }
}
