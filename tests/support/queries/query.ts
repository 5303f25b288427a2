/** Queries as data: what the generator makes, the renderer prints and the oracle answers. */

/** An input object as it stands in GraphQL variables. */
export type Input = { readonly [name: string]: unknown };

export interface ListQuery {
  readonly type: string;
  readonly args: ListArguments;
  readonly select: ListSelect;
}

export interface ListArguments {
  readonly where?: Input;
  readonly orderBy?: readonly Input[];
  readonly first?: number;
  readonly last?: number;
  readonly offset?: number;
  /** The row that the cursor is of, as an index into all rows of the type. */
  readonly after?: number;
  readonly before?: number;
  readonly shardKey?: string;
  readonly includeDeleted?: boolean;
}

export interface ListSelect {
  readonly rows?: RowSelect;
  /** Rows are shown as edges, with cursors. */
  readonly edges?: boolean;
  readonly pageInfo?: boolean;
  readonly totalCount?: boolean;
  readonly aggregate?: readonly Measure[];
  readonly groups?: readonly GroupSelect[];
}

export interface RowSelect {
  readonly columns: readonly string[];
  /** Parts of JSON columns. */
  readonly paths: readonly { readonly column: string; readonly path: string }[];
  readonly one: readonly { readonly relation: string; readonly row: RowSelect }[];
  readonly many: readonly { readonly relation: string; readonly list: Omit<ListQuery, 'type'> }[];
}

export const MEASURES = ['countDistinct', 'sum', 'avg', 'min', 'max'] as const;

export interface Measure {
  readonly op: 'count' | (typeof MEASURES)[number];
  /** Left out by `count` alone. */
  readonly column?: string;
}

export interface GroupSelect {
  readonly by: readonly GroupKey[];
  readonly having?: Input;
  readonly orderBy?: readonly Input[];
  readonly first?: number;
  readonly measures: readonly Measure[];
}

export interface GroupKey {
  readonly column: string;
  readonly trunc?: string;
  readonly timeZone?: string;
}

export const DIRECTIONS = ['ASC', 'DESC', 'ASC_NULLS_FIRST', 'ASC_NULLS_LAST', 'DESC_NULLS_FIRST', 'DESC_NULLS_LAST'] as const; // biome-ignore format: one line
export const TRUNCS = ['MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'] as const;

/** What an entry of `orderBy` names, whatever its direction. */
export function orderedValue(entry: Input): string {
  const [[name, value]] = Object.entries(entry) as [[string, unknown]];
  return typeof value === 'string' ? name : `${name}.${orderedValue(value as Input)}`;
}
