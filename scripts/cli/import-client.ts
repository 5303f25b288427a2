import { TOKEN_HEADER } from '../../src/http/core/headers.ts';
import type { ImportReport } from '../../src/http/import/import-report.ts';
import type { ImportTable } from '../../src/http/import/import-tables.ts';
import { apiUrl, readJson, requestApi } from './api-request.ts';

/** Speaks to the `/import` of a running API; throws `CliError` if it cannot be reached or refuses. */
export class ImportClient {
  readonly origin: string;
  readonly #dryRun: boolean;
  /** Of the last answer: the session that has written all rows so far. Null: nothing was written. */
  token: string | null = null;

  /** With `dryRun`, rows are checked and not written. */
  constructor(origin: string, { dryRun = false } = {}) {
    this.origin = origin;
    this.#dryRun = dryRun;
  }

  /** Referenced tables first. */
  async tables(): Promise<readonly ImportTable[]> {
    const { tables } = await this.#request<{ tables: readonly ImportTable[] }>(apiUrl(this.origin, '/import'));
    return tables;
  }

  /** Calls with one `importId` hear of keys that they repeat. */
  importRows(table: string, ndjson: Uint8Array<ArrayBuffer>, importId?: string): Promise<ImportReport> {
    const url = apiUrl(this.origin, '/import', {
      table,
      ...(importId !== undefined && { import: importId }),
      ...(this.#dryRun && { dryRun: '1' }),
    });
    return this.#request(url, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body: ndjson });
  }

  async #request<T>(url: URL, init: RequestInit = {}): Promise<T> {
    const headers = { ...init.headers, ...(this.token !== null && { [TOKEN_HEADER]: this.token }) };
    const response = await requestApi(url, { ...init, headers });
    this.token = response.headers.get(TOKEN_HEADER) ?? this.token;
    return readJson<T>(url, response);
  }
}
