import type { GraphQLResolveInfo } from 'graphql';
import type { TableModel } from '../../model/types.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import type { RequestContext } from '../context.ts';
import type { Row } from '../show/row.ts';
import { createValues, type DataInput, missingValue } from './column-values.ts';
import { writeRow } from './write-row.ts';

/** Mutation `createCustomer(data)`. */
export async function createRow(
  table: TableModel,
  { data }: { readonly data: DataInput },
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Row | null> {
  const values = createValues(table, data);
  const shardKey = values[table.shardKey.name] ?? null;
  // A default of SQLite's would come too late: the value decides which SQLite.
  if (shardKey === null) throw missingValue(table, table.shardKey);
  return writeRow(
    table,
    toShardKey(table.shardKey, shardKey),
    (select) => ({ kind: 'create', table: table.typeName, values, select }),
    context,
    info,
  );
}
