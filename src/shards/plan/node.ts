/**
 * Read plans: what a router asks of a shard. A plan is *shape only*: every value is an index into the call's `values`,
 * so equal shapes have equal text, and a shard compiles each text once. Plans name tables by GraphQL type and columns
 * by GraphQL field name; SQL is made by the shard alone.
 */
import type { PageShape } from './page.ts';
import type { JoinRows, Source } from './source.ts';

/** Pseudo column: the row version (wire: decimal digits as text). */
export const VERSION_COLUMN = '#version';

/** Reads the rows of a source that match keys; with `match: []` there is one key, `[]`, and every row matches it. */
export type PlanNode = OneNode | PageNode;

/** The one matching row per key. */
export interface OneNode extends NodeRows {
  readonly page: null;
}

/** A page per key. */
export interface PageNode extends NodeRows {
  readonly page: PageShape;
}

interface NodeRows extends Source {
  /** Columns compared with the key's values, pair by pair. A NULL in a key matches nothing. */
  readonly match: readonly string[];
  /**
   * A many-to-many step: rows of `table` whose `match` columns equal `to` of a join row whose `from` columns equal the key.
   * A row reached twice is given once. Co-located only.
   */
  readonly through: JoinRows | null;
  /**
   * Columns of each row, in order; `#version` for the row version. Includes what relations need, and the page's order where
   * the answers of several shards are merged.
   */
  readonly columns: readonly string[];
  readonly relations: readonly PlanRelation[];
}

/** A co-located relation, answered inside its parent's plan. */
export interface PlanRelation {
  /** Response key under the parent (unique among its relations). */
  readonly key: string;
  /** Parent's columns (all in the parent's `columns`) that pair with `node.match` (or with `node.through.from`). */
  readonly from: readonly string[];
  readonly node: PlanNode;
}

/** How the rows of a node are found: by columns that equal a key, or through a join table. */
export type Match = Pick<PlanNode, 'match' | 'through'>;

export const matchOn = (columns: readonly string[]): Match => ({ match: columns, through: null });

/** Any row: there is one key, of no columns. */
export const MATCH_ALL: Match = matchOn([]);

export interface NodeParts extends Match {
  readonly columns: readonly string[];
  readonly relations?: readonly PlanRelation[];
}

/** The row that matches a key. */
export const oneNode = (rows: Source, { match, through, columns, relations = [] }: NodeParts): OneNode => ({
  ...rows,
  match,
  through,
  columns,
  page: null,
  relations,
});

/** A page of the rows that match a key. */
export const pageNode = (
  rows: Source,
  { match, through, columns, relations = [] }: NodeParts,
  page: PageShape,
): PageNode => ({ ...rows, match, through, columns, page, relations });
