import type { TableModel } from '../../model/types.ts';
import type { KeyInput } from '../../plans/arguments/row-key.ts';
import type { Row } from '../show/row.ts';
import { expectedVersionArgument } from './expected-version.ts';
import { locateRow } from './locate-row.ts';
import { type RowWrite, writeRow } from './write-row.ts';

export interface DeleteArguments {
  readonly by: KeyInput;
  readonly expectedVersion?: string | null;
  readonly shardKey?: unknown;
}

/** Mutation `deleteCustomer(by, expectedVersion, shardKey)`: gives the row as it was before. */
export async function deleteRow(table: TableModel, args: DeleteArguments, write: RowWrite): Promise<Row | null> {
  const expectedVersion = expectedVersionArgument(args.expectedVersion);
  const { columns, values, shardKey } = await locateRow(table, args.by, args.shardKey, write.field);
  return writeRow(
    table,
    shardKey,
    (select) => ({ kind: 'delete', table: table.typeName, key: { columns, values }, expectedVersion, select }),
    write,
  );
}
