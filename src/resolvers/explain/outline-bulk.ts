import type { BulkMutation } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import type { RowScope } from '../../plans/access/visible-rows.ts';
import type { RowKeysPlan } from '../../plans/rows-of-where.ts';
import { isTree } from '../../shards/new-rows.ts';
import { type ShardKey, toShardKey } from '../../shards/shard-key.ts';
import type { RowsDraft } from '../mutations/compile/bulk-draft.ts';
import { compileBulk } from '../mutations/compile/compile-bulk.ts';
import { requireOneShardKey } from '../mutations/compile/rows-meant.ts';
import { setsOf } from './outline-write.ts';

/** What a mutation of several rows would write. */
interface BulkOutline {
  /** Columns by which rows are found that are there. */
  readonly key: readonly string[];
  /** Columns that would be given values. */
  readonly sets: readonly string[];
  /** Each once. */
  readonly shardKeys: readonly ShardKey[];
  /** The rows that are meant, where conditions find them. */
  readonly found: RowKeysPlan | null;
}

/** Columns that a new row is given. */
function columnsOf(row: RowsDraft['rows'][number]): string[] {
  if (isTree(row)) return [...setsOf(row.operationsAt(0, null)[row.shown]!)];
  return [...Object.keys(row.values), ...Object.keys(row.defaults)];
}

export function outlineBulk(
  scope: RowScope,
  kind: BulkMutation,
  table: TableModel,
  args: Readonly<Record<string, unknown>>,
): BulkOutline {
  const draft = compileBulk(scope, kind, table, args);
  if (draft.kind === 'rows') {
    const { rows, onConflict } = draft;
    return {
      key: onConflict?.key ?? [],
      sets: [...new Set(rows.flatMap(columnsOf))],
      shardKeys: [...new Set(rows.map(({ shardKey }) => shardKey))],
      found: null,
    };
  }
  const { rows, changes } = draft;
  const shardKeys = [toShardKey(table.shardKey, requireOneShardKey(draft))];
  return {
    key: table.primaryKey.names,
    sets: changes === null ? [] : [...Object.keys(changes.set), ...Object.keys(changes.atomic)],
    shardKeys,
    found: rows,
  };
}
