import type { RowMutation } from '../../model/mutation-names.ts';
import type { TableModel, WireValue } from '../../model/types.ts';
import type { RowScope } from '../../plans/access/visible-rows.ts';
import type { MutationOperation, OperationOf, RowOperation } from '../../shards/operation.ts';
import { type ShardKey, toShardKey } from '../../shards/shard-key.ts';
import { compileWrite } from '../mutations/compile/compile-write.ts';
import { knownShardKey, type WriteDraft } from '../mutations/compile/write-draft.ts';
import { knownValues } from '../mutations/known-values.ts';

/** What an operation would write. */
export interface OutlinedOperation {
  /** Columns that name the row. */
  readonly key: readonly string[];
  /** Columns that would be given values. */
  readonly sets: readonly string[];
  /** What the arguments give of the row's columns. */
  readonly known: Readonly<Record<string, WireValue>>;
}

/** What a mutation would write. */
interface WriteOutline extends OutlinedOperation {
  readonly draft: WriteDraft;
  /** Null: it has to be found. */
  readonly shardKey: ShardKey | null;
}

/** Stands for a shard key that has to be found. */
const ANY_VALUE = '';

/** @param shardKey null: it has to be found. */
export function outlineOperation(
  table: TableModel,
  operation: MutationOperation,
  shardKey: ShardKey | null,
): OutlinedOperation {
  const known = isRowOperation(operation) ? knownValues(operation) : {};
  if (shardKey === null) delete known[table.shardKey.name];
  return { key: keyOf(table, operation), sets: setsOf(operation), known };
}

const isRowOperation = (operation: MutationOperation): operation is RowOperation =>
  operation.kind !== 'createMany' && operation.kind !== 'updateMany' && operation.kind !== 'deleteMany';

function keyOf({ primaryKey }: TableModel, operation: MutationOperation): readonly string[] {
  if ('key' in operation) return operation.key?.columns ?? [];
  if (operation.kind === 'createMany') return operation.onConflict?.key ?? [];
  return operation.kind === 'updateMany' || operation.kind === 'deleteMany' ? primaryKey.names : [];
}

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
  const key = shardKey === null ? null : toShardKey(table.shardKey, shardKey);
  return { draft, ...outlineOperation(table, operations[shown]!, key), shardKey: key };
}

const changed = ({ set, atomic }: Pick<OperationOf<'update'>, 'set' | 'atomic'>): string[] => [
  ...Object.keys(set),
  ...Object.keys(atomic),
];

/** Columns that an operation gives values. */
export function setsOf(operation: MutationOperation): readonly string[] {
  switch (operation.kind) {
    case 'create':
      return Object.keys(operation.values);
    case 'createMany':
      return operation.columns;
    case 'update':
    case 'updateMany':
      return changed(operation);
    case 'upsert':
      return [...new Set([...Object.keys(operation.create), ...changed(operation)])];
    default:
      return [];
  }
}
