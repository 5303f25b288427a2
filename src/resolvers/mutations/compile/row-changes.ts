import type { TableModel } from '../../../model/types.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { OperationOf } from '../../../shards/operation.ts';
import { type DataInput, updateValues } from './column-values.ts';
import { refuseRelated } from './refuse-related.ts';

/** Arguments that say what is changed of rows. */
export interface ChangesArguments {
  readonly data?: DataInput | null;
}

export type RowChanges = Pick<OperationOf<'updateMany'>, 'set' | 'atomic'>;

/** What several rows are given; there is something. */
export function rowChanges(table: TableModel, { data = {} }: ChangesArguments): RowChanges {
  if (data === null) throw badUserInput('Expected the columns to set at data, but got null.');
  refuseRelated(table, data, 'update');
  const set = updateValues(table, data);
  if (Object.keys(set).length > 0) return { set, atomic: {} };
  throw badUserInput('Expected data to set something, but got no column.');
}
