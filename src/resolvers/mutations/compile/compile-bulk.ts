import type { BulkMutation } from '../../../model/mutation-names.ts';
import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import type { BulkDraft } from './bulk-draft.ts';
import { compileCreateMany } from './create-many.ts';
import { compileDeleteMany } from './delete-many.ts';
import { refuseNull } from './refuse-null.ts';
import { compileUpdateMany } from './update-many.ts';
import { compileUpsertMany } from './upsert-many.ts';

/** By kind of mutation. A new one is a file of its own, and a line here. */
const COMPILERS: {
  readonly [Kind in BulkMutation]: (scope: RowScope, table: TableModel, args: never) => BulkDraft;
} = {
  createMany: compileCreateMany,
  updateMany: compileUpdateMany,
  upsertMany: compileUpsertMany,
  deleteMany: compileDeleteMany,
};

/**
 * What a mutation of several rows writes. Reads and writes nothing; defaults of columns are run, so that it is done once.
 *
 * @param args as the schema has coerced them.
 * @throws ShardQLError for arguments that no state of the data could fit.
 */
export function compileBulk(
  scope: RowScope,
  kind: BulkMutation,
  table: TableModel,
  args: Readonly<Record<string, unknown>>,
): BulkDraft {
  refuseNull(args);
  return COMPILERS[kind](scope, table, args as never);
}
