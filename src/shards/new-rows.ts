/** Rows that are to be created, and the operations that create those of one shard. */
import { ShardQLError } from './errors.ts';
import { MAX_RPC_BYTES } from './limits.ts';
import type {
  CreateCell,
  MutationOperation,
  OnConflict,
  OperationOf,
  RowOperation,
  RowsWritten,
  Selection,
  WireValues,
} from './operation.ts';
import { rpcBytes } from './protocol/json-text.ts';
import type { ShardKey } from './shard-key.ts';
import type { Version } from './version.ts';

/** A row that is to be created. */
export interface NewRow {
  readonly shardKey: ShardKey;
  /** Columns that are in neither `values` nor `defaults` get SQLite's defaults, or keep their values if the row is there. */
  readonly values: WireValues;
  /** Values of other columns, which a row does not take that is there already. Absent: none. */
  readonly defaults?: WireValues | undefined;
  /** What such a row takes instead, of some columns of `defaults`. Absent: none. */
  readonly changes?: WireValues | undefined;
  /** `CONFLICT` if the row is there already with another version, `NOT_FOUND` if it is not. Absent or null: any will do. */
  readonly expectedVersion?: Version | null | undefined;
}

/** A row that is created with others that belong to it, by operations of its own. */
export interface NewRowTree {
  readonly shardKey: ShardKey;
  /**
   * In the order in which they are applied. Pure: asked again, if the row has to go to another shard.
   *
   * @param first index of the first of them in the request.
   * @param select what the operation of the row itself shows.
   */
  readonly operationsAt: (first: number, select: Selection) => readonly RowOperation[];
  /** Position among them of the operation of the row itself. */
  readonly shown: number;
  /** True: it is `IGNORED` if it is there already. */
  readonly isIgnored: boolean;
}

export const isTree = (row: NewRow | NewRowTree): row is NewRowTree => 'operationsAt' in row;

export interface NewRows {
  /** GraphQL type. */
  readonly table: string;
  /** At most `MAX_BULK_ROWS`. */
  readonly rows: readonly (NewRow | NewRowTree)[];
  /** Null: a row that is there already is a `UNIQUE_VIOLATION`. */
  readonly onConflict: OnConflict | null;
  readonly select: Selection;
}

/** Operations for rows of one shard. */
export interface NewRowsOperations {
  readonly operations: readonly MutationOperation[];
  /** For each of the operations. */
  readonly sources: readonly OperationSource[];
  /** What became of the rows, in their order. */
  readonly writtenOf: (results: readonly RowsWritten[]) => RowsWritten;
}

/** What an operation is for. */
interface OperationSource {
  /** Indices of the rows that it creates, or of the one that it belongs to. */
  readonly rows: readonly number[];
  /** Its position among the operations of a row with related ones; null: its rows are written in bulk. */
  readonly position: number | null;
}

/**
 * Rows are written in their order: those between two that have related ones with one operation, the others each with its own.
 *
 * @param first index of the first operation in the request.
 * @throws ShardQLError REQUEST_TOO_LARGE if no call can carry them.
 */
export function newRowsOperations(given: Omit<NewRows, 'rows'>, rows: NewRows['rows'], first = 0): NewRowsOperations {
  if (!rows.some(isTree)) return ofPlainRows(given, rows as readonly NewRow[]);
  const operations: MutationOperation[] = [];
  const sources: OperationSource[] = [];
  /** By row: where its result is. */
  const results: { readonly operation: number; readonly row: number; readonly isIgnored: boolean }[] = [];
  for (const run of runsOf(rows)) {
    const start = results.length;
    const own = operations.length;
    if (run.tree !== null) {
      const { tree } = run;
      for (const [position, operation] of tree.operationsAt(first + own, given.select).entries()) {
        operations.push(operation);
        sources.push({ rows: [start], position });
      }
      results.push({ operation: own + tree.shown, row: 0, isIgnored: tree.isIgnored });
      continue;
    }
    operations.push(createManyOperation(given, run.rows));
    sources.push({ rows: run.rows.map((_, at) => start + at), position: null });
    for (const row of run.rows.keys()) results.push({ operation: own, row, isIgnored: false });
  }
  return {
    operations,
    sources,
    writtenOf: (written) => ({
      outcomes: results.map(({ operation, row, isIgnored }) => {
        const outcome = written[operation]!.outcomes[row]!;
        return isIgnored && outcome === 'UNCHANGED' ? 'IGNORED' : outcome;
      }),
      rows: given.select ? results.map(({ operation, row }) => written[operation]!.rows[row]!) : [],
    }),
  };
}

/** Most bulks are of this kind, and their rows many. */
const ofPlainRows = (given: Omit<NewRows, 'rows'>, rows: readonly NewRow[]): NewRowsOperations => ({
  operations: [createManyOperation(given, rows)],
  sources: [{ rows: [...rows.keys()], position: null }],
  writtenOf: ([written]) => written!,
});

type Run = { readonly tree: null; readonly rows: readonly NewRow[] } | { readonly tree: NewRowTree };

function runsOf(rows: NewRows['rows']): Run[] {
  const runs: Run[] = [];
  let open: NewRow[] | null = null;
  for (const row of rows) {
    if (isTree(row)) {
      runs.push({ tree: row });
      open = null;
    } else if (open === null) {
      open = [row];
      runs.push({ tree: null, rows: open });
    } else open.push(row);
  }
  return runs;
}

function createManyOperation(
  { table, onConflict, select }: Omit<NewRows, 'rows'>,
  rows: readonly NewRow[],
): OperationOf<'createMany'> {
  const columns = [...columnsGiven(rows)];
  const text = JSON.stringify(rows.map((row) => columns.map((name) => cellOf(row, name))));
  if (rpcBytes(text) > MAX_RPC_BYTES) throw tooLarge();
  const expectedVersions = rows.some(({ expectedVersion }) => expectedVersion != null)
    ? rows.map(({ expectedVersion }) => expectedVersion ?? null)
    : null;
  return { kind: 'createMany', table, columns, rows: text, onConflict, expectedVersions, select };
}

function columnsGiven(rows: readonly NewRow[]): Set<string> {
  const names = new Set<string>();
  for (const { values, defaults } of rows) {
    for (const name in values) names.add(name);
    for (const name in defaults) names.add(name);
  }
  return names;
}

function cellOf({ values, defaults, changes }: NewRow, name: string): CreateCell {
  const value = values[name];
  if (value !== undefined) return value;
  const fallback = defaults?.[name];
  if (fallback === undefined) return [];
  const change = changes?.[name];
  return change === undefined ? [fallback] : [fallback, change];
}

const tooLarge = (): ShardQLError =>
  new ShardQLError(
    'REQUEST_TOO_LARGE',
    `Expected rows of at most ${MAX_RPC_BYTES / 1024 / 1024} MiB for one shard, but got more. Send several requests.`,
  );
