import { MISFITS_HEADER, NEXT_HEADER } from '../../../src/http/core/headers.ts';
import { type ApiClient, RefusedError } from '../api-client.ts';

const MAX_PAGE_ROWS = 2_000;
const MIN_PAGE_ROWS = 1;
const PAGE_BYTES = 4_000_000;

/** All rows of a table as JSON texts, page by page, by ascending primary key. */
export async function* readPages(api: ApiClient, table: string): AsyncGenerator<Page> {
  let limit = MAX_PAGE_ROWS;
  for (let after: string | null = ''; after !== null; ) {
    const page = await readPage(api, table, after, limit);
    yield page;
    after = page.next;
    limit = pageRows(page.lines);
  }
}

export interface Page {
  readonly lines: readonly string[];
  /** Number of values in them that do not fit their columns: they are as they are stored. */
  readonly misfits: number;
  /** Null: there are no more. */
  readonly next: string | null;
}

/** Asks for ever fewer rows while the API fails: a page of large rows may be more than a call to a shard can carry. */
async function readPage(api: ApiClient, table: string, after: string, limit: number): Promise<Page> {
  const query = { table, limit: String(limit), ...(after !== '' && { after }) };
  try {
    const response = await api.request('/export', { query });
    const text = await response.text();
    const next = response.headers.get(NEXT_HEADER);
    const misfits = Number(response.headers.get(MISFITS_HEADER) ?? 0);
    return { lines: text.split('\n').slice(0, -1), misfits, next: next === null ? null : decodeURIComponent(next) };
  } catch (error) {
    if (limit === MIN_PAGE_ROWS || !isTooMuch(error)) throw error;
    return readPage(api, table, after, Math.max(MIN_PAGE_ROWS, limit >> 3));
  }
}

const isTooMuch = (error: unknown): boolean =>
  error instanceof RefusedError && (error.status >= 500 || error.code === 'COST_LIMIT_EXCEEDED');

/** Pages of about {@link PAGE_BYTES}, if rows go on as they are here. */
function pageRows(lines: readonly string[]): number {
  const rowLength = lines.reduce((sum, line) => sum + line.length, 0) / Math.max(1, lines.length);
  return Math.min(MAX_PAGE_ROWS, Math.max(MIN_PAGE_ROWS, Math.floor(PAGE_BYTES / Math.max(1, rowLength))));
}
