import { TOKEN_HEADER } from '../../src/http/core/headers.ts';
import type { ImportReport } from '../../src/http/import/import-report.ts';
import type { ImportTable } from '../../src/http/import/import-tables.ts';
import { type ApiClient, type ApiRequest, readJson } from './api-client.ts';

/** Speaks to the `/import` of a running API; throws `CliError` if it cannot be reached or refuses. */
export class ImportClient {
  readonly api: ApiClient;
  readonly #dryRun: boolean;
  readonly #stored: boolean;
  /** Of the last answer: the session that has written all rows so far. Null: nothing was written. */
  token: string | null = null;

  /** With `dryRun`, rows are checked and not written; with `stored`, their cells are stored values. */
  constructor(api: ApiClient, { dryRun = false, stored = false } = {}) {
    this.api = api;
    this.#dryRun = dryRun;
    this.#stored = stored;
  }

  /** Referenced tables first. */
  async tables(): Promise<readonly ImportTable[]> {
    const { tables } = await this.#request<{ tables: readonly ImportTable[] }>();
    return tables;
  }

  /** Calls with one `importId` hear of keys that they repeat. */
  importRows(table: string, ndjson: Uint8Array<ArrayBuffer>, importId?: string): Promise<ImportReport> {
    const query = {
      table,
      ...(importId !== undefined && { import: importId }),
      ...(this.#dryRun && { dryRun: '1' }),
      ...(this.#stored && { values: 'stored' }),
    };
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
