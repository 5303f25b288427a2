import type { RelatedRows } from './source.ts';
import type { ValueRef } from './value.ts';

/** Computed columns of a source with a search. */
export const RANK_COLUMN = '#rank';
export const HIGHLIGHTS_COLUMN = '#highlights';

/**
 * What stands around found words in highlights, until the client's own marks take their place: noncharacters, which
 * Unicode keeps for such use inside of programs.
 */
export const HIGHLIGHT_START = '\ufdd0';
export const HIGHLIGHT_END = '\ufdd1';

export const AGGREGATE_FUNCTIONS = ['count', 'countDistinct', 'sum', 'avg', 'min', 'max'] as const;
export type AggregateFunction = (typeof AGGREGATE_FUNCTIONS)[number];

/**
 * A column that is worked out from a row and its related rows. Its name starts with `#` and has to be unique in its list;
 * `columns`, filters and orders use it as they use any column. Kind of value and nullability: `columnKind`.
 */
export type ComputedColumn = RelatedColumn | AggregateColumn | JsonColumn | SearchColumn;

/** A column, computed ones included, of the one related row (so to-one steps nest); NULL without a row. */
export interface RelatedColumn {
  readonly kind: 'related';
  readonly name: string;
  readonly related: RelatedRows;
  readonly column: string;
}

/**
 * Over all related rows. `count` without a column counts rows. `sum` and `avg` are doubles, whatever they sum, and end at
 * ±1.7e308, so that no sum overflows; like `min` and `max` they are NULL where there is no value.
 */
export interface AggregateColumn {
  readonly kind: 'aggregate';
  readonly name: string;
  readonly related: RelatedRows;
  readonly function: AggregateFunction;
  /** Null for `count` alone. */
  readonly column: string | null;
}

/** A step into a JSON value: a name in an object, or a position in a list. */
export type JsonStep = string | number;

export const JSON_FORMS = ['text', 'number', 'boolean', 'type', 'hasText', 'hasNumber', 'hasBoolean'] as const;

/**
 * What is at a path in a JSON column, of one type (a text, or a double, or a boolean as 1 and 0); NULL for other types,
 * where there is nothing, and where the column holds no valid JSON. As `type` it is the name of the value's type, `null`
 * for JSON's null; as `has…` it is whether a list has an element, the text, double or boolean of `item`.
 */
export interface JsonColumn {
  readonly kind: 'json';
  readonly name: string;
  readonly column: string;
  /** JSON text of {@link JsonStep}s; `[]` for the whole value. */
  readonly path: ValueRef;
  readonly as: (typeof JSON_FORMS)[number];
  /** What a list is asked for. Null unless `as` begins with `has`. */
  readonly item: ValueRef | null;
}

/**
 * Only where the source is searched. Rank: how well the row fits: a double, greater is better; comparable within one
 * shard's state, since it weighs how rare the words are there. Highlights: a JSON list with the marked text of each
 * full-text column that is looked at: whole, or an excerpt of long text; null where nothing was found, or the text is too long to mark.
 */
type SearchColumn =
  | { readonly kind: 'rank'; readonly name: typeof RANK_COLUMN }
  | { readonly kind: 'highlights'; readonly name: typeof HIGHLIGHTS_COLUMN };
