import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { OperationOf } from '../../../shards/operation.ts';
import { type AtomicInput, atomicChanges } from './atomic.ts';
import { type DataInput, updateValues } from './column-values.ts';
import { atValues } from './input-path.ts';
import { refuseRelated } from './refuse-related.ts';

/** Arguments that say what is changed of rows. */
export interface ChangesArguments {
  readonly data?: DataInput;
  readonly atomic?: AtomicInput;
}

export type RowChanges = Pick<OperationOf<'updateMany'>, 'set' | 'atomic'>;

/** What several rows are given; there is something. */
export function rowChanges(scope: RowScope, table: TableModel, { data = {}, atomic }: ChangesArguments): RowChanges {
  const inPlace = atomicChanges(table, atomic, data, ['atomic']);
  const set = atValues({ path: ['data'], table: table.typeName, values: data }, () => {
    refuseRelated(table, data);
    return updateValues(scope, table, data, {}, inPlace);
  });
  if (Object.keys(set).length + Object.keys(inPlace).length > 0) return { set, atomic: inPlace };
  throw badUserInput('Expected data or atomic to change something, but got no column.');
}
