import type { RowMutation } from '../../../model/mutation-names.ts';
import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import type { OperationValues } from '../../../shards/operation.ts';
import { compileCreate } from './create.ts';
import { compileDelete } from './delete.ts';
import { refuseNull } from './refuse-null.ts';
import { compilePurge, compileRestore } from './restore.ts';
import { compileUpdate } from './update.ts';
import { compileUpsert } from './upsert.ts';
import type { WriteDraft } from './write-draft.ts';

/** Column values that come from elsewhere than the arguments. */
export interface GivenValues {
  /** Of the row; of an upsert, of a new one. */
  readonly values: OperationValues;
  /** Of an upsert: of a row that is there. Left out: none. */
  readonly update?: OperationValues;
}

/** By kind of mutation. A new one is a file of its own, and a line here. */
const COMPILERS: {
  readonly [Kind in RowMutation]: (scope: RowScope, table: TableModel, args: never, given?: GivenValues) => WriteDraft;
} = {
  create: compileCreate,
  update: compileUpdate,
  upsert: compileUpsert,
  delete: compileDelete,
  restore: compileRestore,
  purge: compilePurge,
};

/**
 * What a mutation of a table writes. Reads and writes nothing; defaults of columns are run, so that it is done once.
 *
 * @param args as the schema has coerced them.
 * @throws ShardQLError for arguments that no state of the data could fit.
 */
export function compileWrite(
  scope: RowScope,
  kind: RowMutation,
  table: TableModel,
  args: Readonly<Record<string, unknown>>,
  given?: GivenValues,
): WriteDraft {
  refuseNull(args);
  return COMPILERS[kind](scope, table, args as never, given);
}
