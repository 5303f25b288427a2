import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { type AtomicInput, atomicChanges } from './atomic.ts';
import type { DataInput } from './column-values.ts';
import type { GivenValues } from './compile-write.ts';
import { type NamedRowArguments, namedRow } from './named-row.ts';
import { RowWriter } from './nested/row-writer.ts';
import { rowDraft, type WriteDraft } from './write-draft.ts';

interface UpdateArguments extends NamedRowArguments {
  readonly data?: DataInput;
  readonly atomic?: AtomicInput;
}

/** Mutation `updateCustomer(by, data, atomic, expectedVersion, shardKey)`. A row that is not there is `NOT_FOUND`. */
export function compileUpdate(
  scope: RowScope,
  table: TableModel,
  args: UpdateArguments,
  { values: given }: GivenValues = { values: {} },
): WriteDraft {
  const { target, ...key } = namedRow(scope, table, args);
  const writer = new RowWriter(scope);
  const own = args.data ?? {};
  const atomic = atomicChanges(table, args.atomic, own, ['atomic']);
  const data = { data: own, atomic, given, part: { path: ['data'], when: null } };
  return rowDraft(writer.list, writer.update(table, target, data, { path: [], when: null }), key);
}
