import type { RowMutation } from '../../model/mutation-names.ts';
import type { TableModel, WireValue } from '../../model/types.ts';
import type { RowScope } from '../../plans/access.ts';
import type { OperationOf, RowOperation } from '../../shards/operation.ts';
import { type ShardKey, toShardKey } from '../../shards/shard-key.ts';
import { compileWrite } from '../mutations/compile/compile-write.ts';
import { knownShardKey, type WriteDraft } from '../mutations/compile/write-draft.ts';
import { knownValues } from '../mutations/known-values.ts';

/** What a mutation would write. */
interface WriteOutline {
  readonly draft: WriteDraft;
  /** Columns that name the row. */
  readonly key: readonly string[];
  /** Columns that would be given values. */
  readonly sets: readonly string[];
  /** What the arguments give of the row's columns. */
  readonly known: Readonly<Record<string, WireValue>>;
  /** Null: it has to be found. */
  readonly shardKey: ShardKey | null;
}

/** Stands for a shard key that has to be found. */
const ANY_VALUE = '';

export function outlineWrite(
  scope: RowScope,
  kind: RowMutation,
  table: TableModel,
  args: Readonly<Record<string, unknown>>,
): WriteOutline {
  const draft = compileWrite(scope, kind, table, args);
  const shardKey = knownShardKey(draft);
  const place = { shardKey: shardKey ?? ANY_VALUE, select: null, first: 0, rows: [] };
  const { operations, shown } = draft.operationsAt(place);
  const operation = operations[shown]!;
  const known = knownValues(operation);
  if (shardKey === null) delete known[table.shardKey.name];
  return {
    draft,
    key: 'key' in operation ? (operation.key?.columns ?? []) : [],
    sets: setsOf(operation),
    known,
    shardKey: shardKey === null ? null : toShardKey(table.shardKey, shardKey),
  };
}

const changed = ({ set, atomic }: Pick<OperationOf<'update'>, 'set' | 'atomic'>): string[] => [
  ...Object.keys(set),
  ...Object.keys(atomic),
];

/** Columns that an operation gives values. */
export function setsOf(operation: RowOperation): readonly string[] {
  switch (operation.kind) {
    case 'create':
      return Object.keys(operation.values);
    case 'update':
      return changed(operation);
    case 'upsert':
      return [...new Set([...Object.keys(operation.create), ...changed(operation)])];
    default:
      return [];
  }
}
