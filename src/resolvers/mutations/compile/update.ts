import type { TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { ShardQLError } from '../../../shards/errors.ts';
import type { WireValues } from '../../../shards/operation.ts';
import { type DataInput, updateValues } from './column-values.ts';
import { expectedVersionArgument } from './expected-version.ts';
import { type NamedRowArguments, namedRowDraft } from './named-row.ts';
import type { WriteDraft } from './write-draft.ts';

interface UpdateArguments extends NamedRowArguments {
  readonly data?: DataInput | null;
  readonly expectedVersion?: string | null;
}

/** Mutation `updateCustomer(by, data, expectedVersion, shardKey)`. A row that is not there is `NOT_FOUND`. */
export function compileUpdate(table: TableModel, args: UpdateArguments): WriteDraft {
  const set = valuesToSet(table, args);
  const expectedVersion = expectedVersionArgument(args.expectedVersion);
  return namedRowDraft(table, args, (key, { select }) => ({
    kind: 'update',
    table: table.typeName,
    key,
    within: null,
    expectedVersion,
    set,
    atomic: {},
    select,
  }));
}

/** What an update gives the row's columns. */
function valuesToSet(table: TableModel, { data }: UpdateArguments): WireValues {
  if (data === null) throw nullData();
  return updateValues(table, data ?? {});
}

const nullData = (): ShardQLError =>
  badUserInput('Expected the columns to set at data, but got null. Leave data out to set none.');
