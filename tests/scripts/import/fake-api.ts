/** The `/import` of an API with two tables, in memory; it can be made to fail. */
import type { ImportReport } from '../../../src/http/import/import-report.ts';
import type { ImportTable } from '../../../src/http/import/import-tables.ts';

const column = (name: string) => ({ name, sqlName: name, hasDefault: false, isBoolean: false, generated: false });

/** Nodes refer to each other and to groups. A row whose text is "refused" fails by itself. */
const TABLES: readonly ImportTable[] = [
  { type: 'Group', table: 'groups', columns: ['id', 'text'].map(column) },
  { type: 'Node', table: 'nodes', columns: ['id', 'parent', 'text'].map(column) },
];

type Row = Readonly<Record<string, string | null>>;

export class FakeApi {
  readonly rowsByTable: ReadonlyMap<string, Map<string, Row>> = new Map(
    TABLES.map(({ table }) => [table, new Map<string, Row>()]),
  );
  /** Runs before rows are taken. */
  onImport: () => void = () => {};
  /** Requests with rows that are still answered; then one is lost, and all that follow. */
  #requestsLeft = Number.POSITIVE_INFINITY;
  #isLastApplied = false;
  #version = 0;

  /** @param isLastApplied the first request that gets no answer is worked on nevertheless. */
  failAfter(requests: number, isLastApplied: boolean): void {
    this.#requestsLeft = requests;
    this.#isLastApplied = isLastApplied;
  }

  readonly fetch = async (url: URL, init?: RequestInit): Promise<Response> => {
    if (url.pathname === '/status') {
      const rowsByTable = url.searchParams.get('count') === '1' ? this.#counts : null;
      return Response.json({ shards: [{ shard: 's', rowsByTable }] });
    }
    if (init?.method !== 'POST') return Response.json({ tables: TABLES });
    this.#requestsLeft--;
    if (this.#requestsLeft >= 0) return this.#import(url, init);
    if (this.#requestsLeft === -1 && this.#isLastApplied) this.#import(url, init);
    throw new TypeError('The connection is lost.');
  };

  get #counts() {
    return Object.fromEntries(TABLES.map(({ type, table }) => [type, this.rowsByTable.get(table)!.size]));
  }

  #import(url: URL, init: RequestInit): Response {
    this.onImport();
    const rows = this.rowsByTable.get(url.searchParams.get('table')!)!;
    const counts = { inserted: 0, updated: 0, unchanged: 0, rewritten: 0, failed: 0, valid: 0 };
    const failures: ImportReport['failures'][number][] = [];
    const lines = Buffer.from(init.body as Uint8Array)
      .toString()
      .split('\n');
    for (const [index, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const row: Row = JSON.parse(text);
      const failure = this.#failureOf(row);
      if (failure) failures.push({ line: index + 1, message: 'Expected another row.', ...failure });
      else counts[this.#upsert(rows, row)]++;
    }
    counts.failed = failures.length;
    return Response.json({ ...counts, repeats: [], failures } satisfies ImportReport, {
      headers: { 'x-shardql-token': String(++this.#version) },
    });
  }

  #failureOf({ parent, text }: Row): { code: string; field: string } | null {
    if (text === 'refused') return { code: 'BAD_USER_INPUT', field: 'text' };
    const hasParent = !parent || [...this.rowsByTable.values()].some((rows) => rows.has(parent));
    return hasParent ? null : { code: 'FOREIGN_KEY_VIOLATION', field: 'parent' };
  }

  #upsert(rows: Map<string, Row>, row: Row): 'inserted' | 'updated' | 'unchanged' {
    const before = rows.get(row.id!);
    rows.set(row.id!, row);
    if (before === undefined) return 'inserted';
    return JSON.stringify(before) === JSON.stringify(row) ? 'unchanged' : 'updated';
  }
}
