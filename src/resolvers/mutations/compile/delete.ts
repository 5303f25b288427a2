import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { type NamedRowArguments, namedRow } from './named-row.ts';
import { RowWriter } from './nested/row-writer.ts';
import { rowDraft, type WriteDraft } from './write-draft.ts';

/** Mutation `deleteCustomer(by, expectedVersion, shardKey)`: gives the row as it was before. */
export function compileDelete(scope: RowScope, table: TableModel, args: NamedRowArguments): WriteDraft {
  const { target, ...key } = namedRow(scope, table, args);
  const writer = new RowWriter(scope);
  return rowDraft(writer.list, writer.delete(table, target, { path: [], when: null }), key);
}
