import type { TableModel } from '../../model/types.ts';
import type { WireValues } from '../../shards/operation.ts';
import { type ShardKey, toShardKey } from '../../shards/shard-key.ts';
import type { Row } from '../show/row.ts';
import { createValues, type DataInput, missingValue } from './column-values.ts';
import { type RowWrite, writeRow } from './write-row.ts';

/** Mutation `createCustomer(data)`. */
export async function createRow(
  table: TableModel,
  { data }: { readonly data: DataInput },
  write: RowWrite,
): Promise<Row | null> {
  const { values, shardKey } = newRow(table, data);
  return writeRow(table, shardKey, (select) => ({ kind: 'create', table: table.typeName, values, select }), write);
}

/** The values of a row that is to be created, and its shard key. */
export function newRow(
  table: TableModel,
  data: DataInput,
): { readonly values: WireValues; readonly shardKey: ShardKey } {
  const values = createValues(table, data);
  const shardKey = values[table.shardKey.name] ?? null;
  // A default of SQLite's would come too late: the value decides which SQLite.
  if (shardKey === null) throw missingValue(table, table.shardKey);
  return { values, shardKey: toShardKey(table.shardKey, shardKey) };
}
