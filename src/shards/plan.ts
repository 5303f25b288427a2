/**
 * Read plans: what a router asks of a shard. A plan is *shape only*: every value is an index into the call's `values`,
 * so equal shapes have equal text, and a shard compiles each text once. Plans name tables by GraphQL type and columns
 * by GraphQL field name; SQL is made by the shard alone.
 */
import type { WireValue } from '../model/types.ts';
import type { Misfit } from './misfit.ts';

/** Index into {@link ReadCall.values}. */
export type ValueRef = number;

/** A value, a list of values, or a list of tuples of values. */
export type PlanValue = WireValue | readonly WireValue[] | readonly (readonly WireValue[])[];

/** Pseudo column: the row version (wire: decimal digits as text). */
export const VERSION_COLUMN = '#version';

/** Computed columns of a node with a {@link PlanNode.search}. */
export const RANK_COLUMN = '#rank';
export const HIGHLIGHTS_COLUMN = '#highlights';

/**
 * What stands around found words in highlights, until the client's own marks take their place: noncharacters, which
 * Unicode keeps for such use inside of programs.
 */
export const HIGHLIGHT_START = '\ufdd0';
export const HIGHLIGHT_END = '\ufdd1';

export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte';
export type TextOperator =
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'like'
  | 'ieq'
  | 'icontains'
  | 'istartsWith'
  | 'iendsWith'
  | 'ilike';

/**
 * A filter. `where` keeps a row if the filter is true; comparisons with NULL are unknown, as in SQL (so `not` of them
 * does not keep the row either). `and: []` is true, `or: []` is false. `in`/`notIn` refer to one value that is a list
 * (a JSON array of wire values); `in []` is false and `notIn []` true, for NULL too. `between` is inclusive.
 *
 * Three tests are never unknown. `isTrue`: the term is true, not false and not unknown. `exists`: there is a related row
 * (that its filter keeps). `inKeys`: the columns' values, none of them NULL, are one of the tuples that `list` refers to.
 */
export type Filter =
  | { readonly op: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly op: 'not' | 'isTrue'; readonly term: Filter }
  | { readonly op: 'exists'; readonly related: RelatedRows }
  | { readonly op: 'inKeys'; readonly columns: readonly string[]; readonly list: ValueRef }
  | { readonly op: ComparisonOperator | TextOperator; readonly column: string; readonly value: ValueRef }
  | { readonly op: 'in' | 'notIn'; readonly column: string; readonly list: ValueRef }
  | { readonly op: 'between'; readonly column: string; readonly low: ValueRef; readonly high: ValueRef }
  | { readonly op: 'isNull'; readonly column: string; readonly isNull: boolean };

/**
 * Rows of another table in the same shard that belong to a row of this one by a co-located relation. Whoever may see the
 * one may see the others: they have the same shard key.
 */
export interface RelatedRows {
  readonly table: string;
  /** Columns of the outer row. They pair with `match`, or with `through.from`. A NULL among them matches nothing. */
  readonly from: readonly string[];
  readonly match: readonly string[];
  /** As {@link PlanNode.through}: a row that is reached twice is one row. */
  readonly through: PlanNode['through'];
  readonly filter: Filter | null;
  /** Columns that `filter`, and whoever looks at the rows, may use besides those of `table`. */
  readonly computed: readonly ComputedColumn[];
}

export const AGGREGATE_FUNCTIONS = ['count', 'countDistinct', 'sum', 'avg', 'min', 'max'] as const;
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number];

/**
 * A column that is worked out from a row and its related rows. Its name starts with `#` and has to be unique in its list;
 * `columns`, filters and orders use it as they use any column. Kind of value and nullability: `columnKind`.
 *
 * * `related`: a column, computed ones included, of the one related row (so to-one steps nest); NULL without a row.
 * * `json`: what is at a path in a JSON column, of one type (a text, or a double, or a boolean as 1 and 0); NULL for other
 *   types, where there is nothing, and where the column holds no valid JSON. As `type` it is the name of the value's type,
 *   `null` for JSON's null; as `has` it is whether a list has an element, the text, double or boolean of `item`.
 * * `aggregate`: over all related rows. `count` without a column counts rows. `sum` and `avg` are doubles, whatever they
 *   sum, and end at ±1.7e308, so that no sum overflows; like `min` and `max` they are NULL where there is no value.
 * * `rank`, `highlights`: only where the node searches. How well the row fits: a double, greater is better; comparable
 *   within one shard's state, since it weighs how rare the words are there. And a JSON list with the marked text of each
 *   full-text column: whole, or an excerpt of long text; null where nothing was found, or the text is too long to mark.
 */
export type ComputedColumn =
  | { readonly kind: 'related'; readonly name: string; readonly related: RelatedRows; readonly column: string }
  | {
      readonly kind: 'aggregate';
      readonly name: string;
      readonly related: RelatedRows;
      readonly function: AggregateFunction;
      /** Null for `count` alone. */
      readonly column: string | null;
    }
  | { readonly kind: 'rank'; readonly name: typeof RANK_COLUMN }
  | { readonly kind: 'highlights'; readonly name: typeof HIGHLIGHTS_COLUMN }
  | JsonColumn;

/** A step into a JSON value: a name in an object, or a position in a list. */
export type JsonStep = string | number;

export interface JsonColumn {
  readonly kind: 'json';
  readonly name: string;
  readonly column: string;
  /** JSON text of {@link JsonStep}s; `[]` for the whole value. */
  readonly path: ValueRef;
  readonly as: 'text' | 'number' | 'boolean' | 'type' | 'hasText' | 'hasNumber' | 'hasBoolean';
  /** What a list is asked for. Null unless `as` begins with `has`. */
  readonly item: ValueRef | null;
}

/** One order column. Text orders by code point (UTF-8 bytes), numbers by value, bytes by byte. */
export interface OrderTerm {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * A position between rows: the values of the order columns of the row it came from. `null` marks a column whose value
 * is NULL (part of the shape: comparisons with NULL need other SQL), `stored` one whose value does not fit it: the value
 * is then one of `packStored`.
 */
export type Boundary = readonly (ValueRef | null | StoredRef)[];

export interface StoredRef {
  readonly stored: ValueRef;
}

/** A page of rows in order. */
export interface PageShape {
  /** Complete: the table's primary-key columns come last, as far as they are not ordered by already. */
  readonly orderBy: readonly OrderTerm[];
  /** Only rows strictly after / before these positions in `orderBy`. */
  readonly after: Boundary | null;
  readonly before: Boundary | null;
  /** True for `last`: the page is taken from the end; rows still come in `orderBy` order. */
  readonly fromEnd: boolean;
  /** Greatest number of rows of the page. The shard looks one row further to know whether there are more. */
  readonly limit: ValueRef;
  /** Rows to leave out at the start (never together with cursors or `fromEnd`). */
  readonly offset: ValueRef | null;
  /** False when neither nodes, edges nor page info are asked for: rows are not read. */
  readonly rows: boolean;
  /** Also find out whether rows lie on the other side of the boundary the page starts from (`less`). */
  readonly probeOtherSide: boolean;
  readonly totalCount: boolean;
  /**
   * Rows are the distinct tuples of `columns`, which are the columns of `orderBy` as well. For one key, without cursors,
   * offset, total and relations: it reads the id sets by which filters cross shards.
   */
  readonly distinct?: true;
  /** Computed over all rows that match key and filter, whatever the cursors; left out: not asked for. */
  readonly aggregate?: readonly Measure[];
  /** Groupings of the same rows. */
  readonly groups?: readonly Grouping[];
}

/**
 * What is computed from the values of a column that are not NULL. `count` counts them. `sum` is exact, except that of
 * `real` columns, which are added with compensation. `distinctValues` takes the place of `countDistinct` where the
 * answers of several shards are merged.
 */
export interface Measure {
  readonly op: 'count' | 'sum' | 'min' | 'max' | 'countDistinct' | 'distinctValues';
  readonly column: string;
}

/** Groups of rows with equal keys; NULL equals NULL. */
export interface Grouping {
  readonly keys: readonly GroupKey[];
  readonly measures: readonly Measure[];
}

export const DATE_TRUNCS = ['MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'] as const;

export type DateTrunc = (typeof DATE_TRUNCS)[number];

/** A column's value or, with `trunc`, the moment at which the period of a date-time begins in a time zone. */
export interface GroupKey {
  readonly column: string;
  readonly trunc: DateTrunc | null;
  /** IANA name; null: UTC, or no `trunc`. */
  readonly timeZone: ValueRef | null;
}

/** Reads rows of one table that match keys; with `match: []` there is one key, `[]`, and the whole table matches it. */
export interface PlanNode {
  readonly table: string;
  /** Columns compared with the key's values, pair by pair. A NULL in a key matches nothing. */
  readonly match: readonly string[];
  /**
   * A many-to-many step: rows of `table` whose `match` columns equal `to` of a row of the join table whose `from`
   * columns equal the key. A row reached twice is given once. Co-located only.
   */
  readonly through: { readonly table: string; readonly from: readonly string[]; readonly to: readonly string[] } | null;
  /** Columns that rows have here besides those of `table`. */
  readonly computed: readonly ComputedColumn[];
  /**
   * Columns of each row, in order; `#version` for the row version. Includes what relations need, and the page's order where
   * the answers of several shards are merged.
   */
  readonly columns: readonly string[];
  readonly filter: Filter | null;
  /** Only rows whose full-text columns fit a search: a value in the language of `search-query.ts`. */
  readonly search?: { readonly query: ValueRef };
  /** A page per key; `null`: the one matching row per key. */
  readonly page: PageShape | null;
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

/** A plan with its values. Several calls travel in one RPC. */
export interface ReadCall {
  /** JSON text of a {@link PlanNode}: the shape, and the key of the shard's plan cache. */
  readonly plan: string;
  readonly values: readonly PlanValue[];
  /** One entry per key; `[[]]` when `match` is empty. */
  readonly keys: readonly (readonly WireValue[])[];
  /**
   * Canonical shard keys the call is confined to: all rows it may read have one of them, and the shard must own their
   * slots. Null: a scatter over all slots the shard owns.
   */
  readonly shardKeys: readonly string[] | null;
  /**
   * The answers may be cached: the shard remembers its shard keys as handed out, and stamps their later changes. Absent
   * means no.
   */
  readonly cacheable?: boolean;
}

/**
 * A row: the plan's `columns` as wire values, then one answer per relation of the plan, in order. A stored value that does
 * not fit its column is a {@link Misfit}, in place of relations that go by the column too.
 */
export type RowAnswer = readonly (WireValue | Answer | Misfit)[];

/** Answer for one key of a node without a page: the row, null, or `'ambiguous'` if more than one row matches. */
export type OneAnswer = RowAnswer | null | 'ambiguous';

/** Answer for one key of a node with a page. */
export interface PageAnswer {
  readonly rows: readonly RowAnswer[];
  /** There are rows beyond the page's far end (in page direction). */
  readonly more: boolean;
  /** There are rows before the page's near end; always false unless `probeOtherSide`. */
  readonly less: boolean;
  /** Null unless `totalCount`. Counts all rows that match key and filter, whatever the cursors. */
  readonly total: number | null;
  /** Of `PageShape.aggregate`; may be left out where no row matches. */
  readonly aggregate?: MeasureRow;
  /** Of each of `PageShape.groups`, in any order of groups; null: more than {@link MAX_GROUPS}. May be left out where no row matches. */
  readonly groups?: readonly (readonly GroupRow[] | null)[];
}

/**
 * A measure of rows: `count` and `countDistinct` a number; `min` and `max` a wire value, null without values; `sum`
 * decimal text, or a number for `real` columns (`overflow` beyond their range), null without values,
 * and {@link MISFIT_NUMBER} where a value does not fit its column; `distinctValues` a
 * list, or null for more than {@link MAX_DISTINCT_VALUES}.
 */
export type MeasureAnswer = WireValue | readonly WireValue[];

/** In place of a sum, or extreme, where a value is no number of its column. */
export const MISFIT_NUMBER = 'misfit';

/** The number of rows, then the measures in their order. */
export type MeasureRow = readonly [count: number, ...MeasureAnswer[]];

export interface GroupRow {
  readonly keys: readonly WireValue[];
  readonly measures: MeasureRow;
}

/** Greatest number of groups that a shard gives for one key and grouping. */
export const MAX_GROUPS = 10_000;
/** Greatest number of values that a shard gives for `distinctValues`. */
export const MAX_DISTINCT_VALUES = 10_000;

export type Answer = OneAnswer | PageAnswer;
