/** Queries as data: what the generator makes, the renderer prints and the oracle answers. */
import type { TypeName } from './tables.ts';

/** A filter as it stands in GraphQL variables: `{ status: { eq: "PAID" }, OR: [...] }`. */
export type Where = { readonly [key: string]: unknown };

export interface Order {
  /** A column, after to-one relations on the way to it; or `<relation>Aggregate`, a function and its column. */
  readonly path: readonly string[];
  readonly direction: Direction;
}

/** The entry of `orderBy`: `{ customer: { name: "ASC" } }`. */
export const orderToInput = ({ path, direction }: Order): object =>
  path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), direction) as object;

export const DIRECTIONS = [
  'ASC',
  'DESC',
  'ASC_NULLS_FIRST',
  'ASC_NULLS_LAST',
  'DESC_NULLS_FIRST',
  'DESC_NULLS_LAST',
] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** A row that a cursor points at, as an index into all rows of the list's type. */
export type BoundaryIndex = number;

export interface Page {
  readonly first?: number;
  readonly after?: BoundaryIndex;
  readonly last?: number;
  readonly before?: BoundaryIndex;
  readonly offset?: number;
}

export interface ListArguments extends Page {
  readonly where?: Where;
  readonly orderBy?: readonly Order[];
  /** Index of a tenant; root lists only. */
  readonly tenant?: number;
}

/** How a field is written down; none of it may change the answer, but for `excluded`. */
export interface Spelling {
  readonly aliased: boolean;
  readonly fragment: 'none' | 'inline' | 'named';
  readonly directive: 'none' | 'include-true' | 'skip-false' | 'include-false' | 'skip-true';
}

export type Field = Spelling &
  (
    | { readonly kind: 'column'; readonly name: string }
    | { readonly kind: 'nodeId' | 'typename' }
    | { readonly kind: 'one'; readonly name: string; readonly row: RowSelection }
    | { readonly kind: 'many'; readonly name: string; readonly list: ListSelection }
  );

export interface RowSelection {
  readonly type: TypeName;
  readonly fields: readonly Field[];
}

export interface ListSelection {
  readonly type: TypeName;
  readonly args: ListArguments;
  readonly nodes: RowSelection | null;
  /** Edges with cursor and node. */
  readonly edges: RowSelection | null;
  readonly pageInfo: boolean;
  readonly totalCount: boolean;
}

export type Root =
  | { readonly kind: 'list'; readonly list: ListSelection }
  | {
      readonly kind: 'single';
      readonly key: string;
      /** Index of the row looked up; -1 for a value that no row has. */
      readonly target: number;
      readonly withShardKey: boolean;
      readonly row: RowSelection;
    }
  | { readonly kind: 'nodes'; readonly targets: readonly number[]; readonly row: RowSelection }
  | { readonly kind: 'node'; readonly target: number; readonly row: RowSelection };

export interface Query {
  readonly roots: readonly Root[];
  /** Values as variables, or written into the text. */
  readonly variables: boolean;
}

export const isExcluded = (field: Spelling): boolean =>
  field.directive === 'include-false' || field.directive === 'skip-true';

/**
 * The key under which each field answers. Relations take arguments, so two of one name need different keys; equal
 * columns may share theirs.
 */
export function responseKeys(fields: readonly Field[]): readonly string[] {
  const taken = new Set<string>();
  return fields.map((field, index) => {
    const name = fieldName(field);
    const mergeable = field.kind !== 'one' && field.kind !== 'many';
    const key = field.aliased || (!mergeable && taken.has(name)) ? `f${index}` : name;
    taken.add(key);
    return key;
  });
}

export const fieldName = (field: Field): string => {
  switch (field.kind) {
    case 'typename':
      return '__typename';
    case 'nodeId':
      return 'nodeId';
    default:
      return field.name;
  }
};
