import type { TableModel } from '../../../model/types.ts';
import { expectedVersionArgument } from './expected-version.ts';
import { type NamedRowArguments, namedRowDraft } from './named-row.ts';
import type { WriteDraft } from './write-draft.ts';

interface DeleteArguments extends NamedRowArguments {
  readonly expectedVersion?: string | null;
}

/** Mutation `deleteCustomer(by, expectedVersion, shardKey)`: gives the row as it was before. */
export function compileDelete(table: TableModel, args: DeleteArguments): WriteDraft {
  const expectedVersion = expectedVersionArgument(args.expectedVersion);
  return namedRowDraft(table, args, (key, { select }) => ({
    kind: 'delete',
    table: table.typeName,
    key,
    within: null,
    expectedVersion,
    select,
  }));
}
