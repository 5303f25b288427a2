import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import type { DataInput } from './column-values.ts';
import type { GivenValues } from './compile-write.ts';
import { atValues } from './input-path.ts';
import { RowWriter } from './nested/row-writer.ts';
import { shardKeyOfNew } from './nested/shard-key-of-new.ts';
import { rowDraft, type WriteDraft } from './write-draft.ts';

interface CreateArguments {
  readonly data: DataInput;
}

/** Mutation `createCustomer(data)`. */
export function compileCreate(
  scope: RowScope,
  table: TableModel,
  { data }: CreateArguments,
  { values }: GivenValues = { values: {} },
): WriteDraft {
  const writer = new RowWriter(scope);
  const part = { path: ['data'], when: null };
  const shardKey = atValues({ path: part.path, table: table.typeName, values: data }, () =>
    shardKeyOfNew(scope, table, data),
  );
  const row = writer.create(table, { data, part }, values);
  return rowDraft(writer.list, row, { ...shardKey, lookup: null });
}
