/** Sources of rows: what nodes, related rows and join tables have in common. */
import type { ComputedColumn } from './computed.ts';
import type { Filter } from './filter.ts';
import type { ValueRef } from './value.ts';

/** Only {@link rowsOf} makes sources, so each of them says which rows its reader may see. */
declare const MADE_BY_ROWS_OF: unique symbol;

/** The rows that the caller may see, whatever is asked: those for which the rule is true. */
export type Access = Filter | null;

/** Access to all rows. */
export const EVERYTHING: Access = null;

/** Only rows whose full-text columns fit the query: a value in the language of `search-query.ts`. Nodes alone are searched. */
export interface Search {
  readonly query: ValueRef;
  /** The full-text columns that are looked at, in the order of the index. Named even where they are all: a shard of another release may have others. */
  readonly columns: readonly string[];
}

/** The rows of a table that a part of a plan looks at. */
export interface Source {
  readonly [MADE_BY_ROWS_OF]: true;
  /** GraphQL type. */
  readonly table: string;
  /**
   * Kept apart from `filter`, which says what is asked: what a read is cached as depends on that alone, and rows are cached
   * without regard to who may see them.
   */
  readonly access: Access;
  /**
   * Column that hides rows: those in which it is not NULL are not there, whatever is asked. Kept apart from `filter` for the
   * same reason: rows are cached whole, and hidden when an answer is made of them. Null: no row is hidden.
   */
  readonly hiddenBy: string | null;
  readonly filter: Filter | null;
  readonly search: Search | null;
  /** Columns that rows have here besides those of `table`. */
  readonly computed: readonly ComputedColumn[];
}

/** Rows of a join table, which lead from one table to another. */
export interface JoinRows extends Source {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Rows of another table in the same shard that belong to a row of this one by a co-located relation. */
export interface RelatedRows extends Source {
  /** Columns of the outer row. They pair with `match`, or with `through.from`. A NULL among them matches nothing. */
  readonly from: readonly string[];
  readonly match: readonly string[];
  /** As of a node: a row that is reached twice is one row. */
  readonly through: JoinRows | null;
}

/** What a source says besides its table. `access` has no default: every read states whose rows it may see. */
export interface SourceParts {
  readonly access: Access;
  readonly hiddenBy?: string | null;
  readonly filter?: Filter | null;
  readonly search?: Search | null;
  readonly computed?: readonly ComputedColumn[];
}

/** Rows of a table, by GraphQL type. */
export function rowsOf(table: string, parts: SourceParts): Source {
  const { access, hiddenBy = null, filter = null, search = null, computed = [] } = parts;
  return { table, access, hiddenBy, filter, search, computed } as unknown as Source;
}

/** Rows of a join table by their columns `from`, as a way to the rows that their columns `to` name. */
export const joinRows = (rows: Source, from: readonly string[], to: readonly string[]): JoinRows => ({
  ...rows,
  from,
  to,
});

/** Rows whose columns `match` (or whose join rows' columns) equal the columns `from` of another row. */
export const relatedRows = (
  rows: Source,
  from: readonly string[],
  match: readonly string[],
  through: JoinRows | null = null,
): RelatedRows => ({ ...rows, from, match, through });
