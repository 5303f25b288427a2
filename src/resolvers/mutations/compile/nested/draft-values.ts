/**
 * Values of drafted operations. What is known only once a draft has its place in a request stands in them as the row of an
 * operation before the draft's first: the shard key, and rows of the drafts that go before it.
 */
import type { Model } from '../../../../model/types.ts';
import {
  isRowReference,
  type OperationValue,
  type OperationValues,
  type RowKey,
  type RowOperation,
  type RowReference,
} from '../../../../shards/operation.ts';
import { type ShardKey, shardKeyToWire } from '../../../../shards/shard-key.ts';

/** Stands for the shard key that all rows of the request have, in the shard-key column of the operation's table. */
export const SHARD_KEY: RowReference = { operation: -1, column: '' };

/** The value of a column in the row of an earlier draft, by that draft's number in the request. */
export const rowOfDraft = (draft: number, column: string): RowReference => ({ operation: -2 - draft, column });

/** Where operations of a draft stand in a request. */
interface Place {
  readonly shardKey: ShardKey;
  /** Index of the draft's first operation. */
  readonly first: number;
  /** Indices of the operations whose rows are those of the earlier drafts, by number of draft. */
  readonly rows: readonly number[];
}

/** The operation as the shard takes it. */
export function placeOperation(model: Model, operation: RowOperation, { shardKey, first, rows }: Place): RowOperation {
  const index = (at: number): number => (at >= 0 ? at + first : rows[-2 - at]!);
  const place = (value: OperationValue): OperationValue => {
    if (value === SHARD_KEY) return shardKeyToWire(model.table(operation.table).shardKey, shardKey);
    return isRowReference(value) ? { operation: index(value.operation), column: value.column } : value;
  };
  const values = <Values extends OperationValues | null>(given: Values): Values =>
    given && (mapValues(given, place) as Values);
  const key = <Key extends RowKey | null>(given: Key): Key => given && { ...given, values: given.values.map(place) };
  const condition = operation.when && { ...operation.when, operation: index(operation.when.operation) };
  const when = condition && { when: condition };
  switch (operation.kind) {
    case 'create':
      return { ...operation, ...when, values: values(operation.values) };
    case 'update':
      return {
        ...operation,
        ...when,
        key: key(operation.key),
        within: values(operation.within),
        set: values(operation.set),
      };
    case 'upsert':
      return {
        ...operation,
        ...when,
        key: key(operation.key),
        within: values(operation.within),
        create: values(operation.create),
        set: values(operation.set),
      };
    case 'delete':
    case 'restore':
    case 'purge':
    case 'find':
      return { ...operation, ...when, key: key(operation.key), within: values(operation.within) } as RowOperation;
    case 'unlink':
      return { ...operation, ...when, match: values(operation.match), keep: operation.keep.map(index) };
    default:
      return operation;
  }
}

const mapValues = (values: OperationValues, map: (value: OperationValue) => OperationValue): OperationValues =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
