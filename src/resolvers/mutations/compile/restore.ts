import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { type NamedRowArguments, namedRow } from './named-row.ts';
import { rowByKey } from './nested/related-rows.ts';
import { RowWriter } from './nested/row-writer.ts';
import { rowDraft, type WriteDraft } from './write-draft.ts';

/** Mutation `restoreCustomer(by, expectedVersion, shardKey)`. */
export const compileRestore = (scope: RowScope, table: TableModel, args: NamedRowArguments): WriteDraft =>
  compileDeleted('restore', scope, table, args);

/** Mutation `purgeCustomer(by, expectedVersion, shardKey)`: gives the row as it was before. */
export const compilePurge = (scope: RowScope, table: TableModel, args: NamedRowArguments): WriteDraft =>
  compileDeleted('purge', scope, table, args);

function compileDeleted(
  kind: 'restore' | 'purge',
  scope: RowScope,
  table: TableModel,
  args: NamedRowArguments,
): WriteDraft {
  const { target, ...key } = namedRow(scope, table, args);
  const writer = new RowWriter(scope);
  const operation = writer.add({ kind, table: table.typeName, ...target, select: null }, { path: [], when: null });
  return { ...rowDraft(writer.list, rowByKey(table, operation, target.key), key), ofDeleted: true };
}
