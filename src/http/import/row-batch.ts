import { getOrInsert } from '../../lib/get-or-insert.ts';
import type { Commit, ImportRow, ShardClient } from '../../shards/client/shard-client.ts';
import type { PartialReport } from './import-report.ts';
import type { DecodedRow } from './row-decoder.ts';

/** Bounds of what waits in memory before it is sent; a batch may exceed the bytes by one line. */
const MAX_BATCH_ROWS = 8_000;
const MAX_BATCH_BYTES = 4_000_000;

interface Group {
  readonly columns: readonly string[];
  readonly rows: ImportRow[];
  readonly lines: number[];
}

/** What became of a batch. */
export interface SentBatch {
  readonly report: PartialReport;
  readonly commits: readonly Commit[];
}

/**
 * Rows that may be written in any order: grouped by the columns they give, since one call has one list of columns. A
 * row whose key the batch holds already has to wait for the next, or the later line might not win.
 */
export class RowBatch {
  readonly #groups = new Map<string, Group>();
  readonly #keys = new Set<string>();
  #bytes = 0;

  hasRoomFor(decoded: DecodedRow): boolean {
    return this.#keys.size < MAX_BATCH_ROWS && this.#bytes < MAX_BATCH_BYTES && !this.#keys.has(decoded.key);
  }

  add(decoded: DecodedRow, line: number, bytes: number): void {
    const shape = decoded.columns.join();
    const group = getOrInsert(this.#groups, shape, () => ({ columns: decoded.columns, rows: [], lines: [] }));
    group.rows.push(decoded.row);
    group.lines.push(line);
    this.#keys.add(decoded.key);
    this.#bytes += bytes;
  }

  async send(shards: ShardClient, table: string, importId: string | undefined): Promise<SentBatch> {
    const groups = [...this.#groups.values()];
    const results = await Promise.all(
      groups.map(({ columns, rows }) => shards.importRows(table, columns, rows, importId)),
    );
    const sum = (count: 'inserted' | 'updated' | 'unchanged' | 'rewritten') =>
      results.reduce((total, result) => total + result[count], 0);
    return {
      report: {
        inserted: sum('inserted'),
        updated: sum('updated'),
        unchanged: sum('unchanged'),
        rewritten: sum('rewritten'),
        failures: results.flatMap((result, index) =>
          result.failures.map(({ row, error }) => ({ line: groups[index]!.lines[row]!, error })),
        ),
      },
      commits: results.flatMap(({ commits }) => commits),
    };
  }
}
