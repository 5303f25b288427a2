import type { TableModel } from '../../../model/types.ts';
import { createValues, type DataInput, missingValue } from './column-values.ts';
import type { WriteDraft } from './write-draft.ts';

interface CreateArguments {
  readonly data: DataInput;
}

/** Mutation `createCustomer(data)`. */
export function compileCreate(table: TableModel, { data }: CreateArguments): WriteDraft {
  const values = createValues(table, data);
  const shardKey = values[table.shardKey.name] ?? null;
  // A default of SQLite's would come too late: the value decides which SQLite.
  if (shardKey === null) throw missingValue(table, table.shardKey);
  return {
    table,
    shardKey,
    lookup: null,
    operationsAt: ({ select }) => ({
      operations: [{ kind: 'create', table: table.typeName, values, select }],
      shown: 0,
    }),
  };
}
