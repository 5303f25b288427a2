import type { WireValue } from '../../model/types.ts';
import { isRowReference, type OperationValue, type RowOperation } from '../../shards/operation.ts';

/** What an operation itself tells of its row's columns, by field name: values of other rows are known to the shard alone. */
export function knownValues(operation: RowOperation): Record<string, WireValue> {
  const known: Record<string, WireValue> = {};
  for (const [name, value] of namedValues(operation)) if (!isRowReference(value)) known[name] = value;
  return known;
}

function namedValues(operation: RowOperation): readonly (readonly [string, OperationValue])[] {
  if (operation.kind === 'create') return Object.entries(operation.values);
  if (operation.kind === 'unlink' || operation.key === null) return [];
  const { columns, values } = operation.key;
  return columns.map((column, at) => [column, values[at]!]);
}
