import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { ShardQLError } from '../../../shards/errors.ts';
import type { OperationValues } from '../../../shards/operation.ts';
import { type AtomicInput, atomicChanges } from './atomic.ts';
import type { DataInput } from './column-values.ts';
import { type NamedRowArguments, namedRow } from './named-row.ts';
import { RowWriter } from './nested/row-writer.ts';
import { rowDraft, type WriteDraft } from './write-draft.ts';

interface UpdateArguments extends NamedRowArguments {
  readonly data?: DataInput | null;
  readonly atomic?: AtomicInput | null;
}

/** Mutation `updateCustomer(by, data, atomic, expectedVersion, shardKey)`. A row that is not there is `NOT_FOUND`. */
export function compileUpdate(
  { model }: RowScope,
  table: TableModel,
  args: UpdateArguments,
  given: OperationValues = {},
): WriteDraft {
  const { target, ...key } = namedRow(table, args);
  if (args.data === null) throw nullData();
  const writer = new RowWriter(model);
  const own = args.data ?? {};
  const atomic = writer.list.at({ path: ['atomic'], when: null }, () => atomicChanges(table, args.atomic, own));
  const data = { data: own, atomic, given, part: { path: ['data'], when: null } };
  return rowDraft(writer.list, writer.update(table, target, data, { path: [], when: null }), key);
}

const nullData = (): ShardQLError =>
  badUserInput('Expected the columns to set at data, but got null. Leave data out to set none.');
