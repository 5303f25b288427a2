import type { TableModel } from '../../../../model/types.ts';
import { HIGHLIGHTS_COLUMN } from '../../../plan/computed.ts';
import type { PlanNode } from '../../../plan/node.ts';
import type { ValueRef } from '../../../plan/value.ts';
import { notSearched } from '../../other-release.ts';

export interface CompiledSearch {
  readonly query: ValueRef;
  /** Positions of the columns that are looked at, in the table's full-text columns. */
  readonly columns: readonly number[];
  /** Whether these are all. */
  readonly isOfAllColumns: boolean;
  /** Position of the shard key in keys; −1 if they do not say it. */
  readonly shardKeyPart: number;
  /** Rows are found by the search and then compared with the key; otherwise the other way round. */
  readonly findsRows: boolean;
  /** Costly per row, so they are worked out for the rows of the page alone. */
  readonly readsHighlights: boolean;
}

export function compileSearch(node: PlanNode, table: TableModel, shardKeyPart: number): CompiledSearch | null {
  if (!node.search) return null;
  const { query, columns: names } = node.search;
  const columns = [...table.search.keys()].filter((at) => names.includes(table.search[at]!.name));
  if (columns.length !== names.length || columns.length === 0) throw notSearched(table);
  return {
    query,
    columns,
    isOfAllColumns: columns.length === table.search.length,
    shardKeyPart,
    findsRows: node.through === null && node.match.every((name) => name === table.shardKey.name),
    readsHighlights: node.columns.includes(HIGHLIGHTS_COLUMN),
  };
}
