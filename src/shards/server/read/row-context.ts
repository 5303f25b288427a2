import type { Decision, TextFilter } from './filter-sql.ts';
import type { Parameters } from './parameters.ts';
import type { CompiledSearch } from './search-sql.ts';
import type { TableFields } from './table-fields.ts';

/** A row as an expression sees it: where names of columns stand for columns of SQL, at some depth of subqueries. */
export interface RowContext {
  readonly fields: TableFields;
  readonly alias: string;
  /** Number of relations between this and the node's rows. */
  readonly level: number;
  readonly parameters: Parameters;
  /** Of the node, null where it searches nothing. */
  readonly search: CompiledSearch | null;
  readonly decisions: ReadonlyMap<TextFilter, Decision>;
}
