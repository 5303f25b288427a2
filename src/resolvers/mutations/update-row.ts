import type { TableModel } from '../../model/types.ts';
import type { KeyInput } from '../../plans/arguments/row-key.ts';
import { badUserInput } from '../../plans/bad-user-input.ts';
import type { ShardQLError } from '../../shards/errors.ts';
import type { WireValues } from '../../shards/operation.ts';
import type { Row } from '../show/row.ts';
import { type DataInput, updateValues } from './column-values.ts';
import { expectedVersionArgument } from './expected-version.ts';
import { locateRow } from './locate-row.ts';
import { type RowWrite, writeRow } from './write-row.ts';

export interface UpdateArguments {
  readonly by: KeyInput;
  readonly data?: DataInput | null;
  readonly expectedVersion?: string | null;
  readonly shardKey?: unknown;
}

/** Mutation `updateCustomer(by, data, expectedVersion, shardKey)`. A row that is not there is `NOT_FOUND`. */
export async function updateRow(table: TableModel, args: UpdateArguments, write: RowWrite): Promise<Row | null> {
  const set = valuesToSet(table, args);
  const expectedVersion = expectedVersionArgument(args.expectedVersion);
  const { columns, values, shardKey } = await locateRow(table, args.by, args.shardKey, write.field);
  return writeRow(
    table,
    shardKey,
    (select) => ({ kind: 'update', table: table.typeName, key: { columns, values }, set, expectedVersion, select }),
    write,
  );
}

/** What an update gives the row's columns. */
export function valuesToSet(table: TableModel, { data }: UpdateArguments): WireValues {
  if (data === null) throw nullData();
  return updateValues(table, data ?? {});
}

const nullData = (): ShardQLError =>
  badUserInput('Expected the columns to set at data, but got null. Leave data out to set none.');
