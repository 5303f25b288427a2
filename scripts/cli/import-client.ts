import type { ImportReport } from '../../src/http/import/import-report.ts';
import { CliError } from './cli-error.ts';

export interface ImportTable {
  /** GraphQL type. */
  readonly type: string;
  /** Name in SQL. */
  readonly table: string;
}

/** Speaks to the `/import` of a running API; throws `CliError` if it cannot be reached or refuses. */
export class ImportClient {
  readonly #url: URL;

  constructor(origin: string) {
    if (!URL.canParse(origin)) throw new CliError(`Expected --url to be an address, but got "${origin}".`);
    this.#url = new URL('/import', origin);
  }

  /** Referenced tables first. */
  async tables(): Promise<readonly ImportTable[]> {
    const { tables } = (await this.#send(this.#url, {})) as { tables: readonly ImportTable[] };
    return tables;
  }

  async importRows(table: string, ndjson: Uint8Array<ArrayBuffer>): Promise<ImportReport> {
    const url = new URL(this.#url);
    url.searchParams.set('table', table);
    const headers = { 'content-type': 'application/x-ndjson' };
    return (await this.#send(url, { method: 'POST', headers, body: ndjson })) as ImportReport;
  }

  async #send(url: URL, init: RequestInit): Promise<unknown> {
    const response = await fetch(url, init).catch((error: Error) => {
      throw new CliError(`Cannot reach ${url.origin}: ${(error.cause as Error | undefined)?.message ?? error.message}`);
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    throw new CliError(`${url.origin} refused the request (${response.status}): ${messageOf(text)}`);
  }
}

function messageOf(body: string): string {
  try {
    const { message, extensions } = JSON.parse(body).errors[0];
    return `${extensions.code}: ${message}`;
  } catch {
    return body.slice(0, 200);
  }
}
