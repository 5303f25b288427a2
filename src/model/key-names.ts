/** How the `by` argument names the keys of a table: by column names, since rules look at keys before there is a model. */
import { screamingSnake, upperFirst } from './names.ts';
import type { TableDraft } from './table-draft.ts';
import type { KeyModel } from './types.ts';

/** The columns that `by` names: the key's without the shard key, which is implicit, or the shard key where it is all. */
export function byColumnsOf(columns: readonly string[], shardKey: string): readonly string[] {
  const others = columns.filter((column) => column !== shardKey);
  return others.length > 0 ? others : columns;
}

/** `orderId`, `orderIdAndProductId`. */
export const byNameOf = (byColumns: readonly string[]): string =>
  byColumns.map((column, index) => (index === 0 ? column : upperFirst(column))).join('And');

/** The input type of a key of several columns. */
export const compositeKeyName = (typeName: string, byName: string): string => `${typeName}${upperFirst(byName)}Key`;

/** The name of the primary key, and its value in the enum of a table's keys. */
export const PRIMARY_KEY = 'PRIMARY';

/** Value of a key in the enum of its table's keys: `PRIMARY`, `EMAIL`, `ORDER_ID_AND_PRODUCT_ID`. */
export const uniqueKeyName = ({ name, byName }: Pick<KeyModel, 'name' | 'byName'>): string =>
  name === PRIMARY_KEY ? PRIMARY_KEY : screamingSnake(byName);

export interface UniqueKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly liveOnly: boolean;
}

/**
 * Unique indexes that name columns only and hold for all rows, or for all that are not deleted, each set of columns once, the
 * primary key's aside.
 */
export function uniqueKeysOf(table: TableDraft): readonly UniqueKey[] {
  const keys = new Map<string, UniqueKey>();
  for (const { name, unique, partial, liveOnly, columns } of table.indexes) {
    const named = columns.filter((column) => column !== null);
    if (!unique || (partial && !liveOnly) || named.length < columns.length) continue;
    // What holds for all rows says more.
    const known = keys.get(columnSet(named));
    if (known === undefined || (known.liveOnly && !liveOnly))
      keys.set(columnSet(named), { name, columns: named, liveOnly });
  }
  keys.delete(columnSet(table.primaryKey));
  return [...keys.values()];
}

const columnSet = (columns: readonly string[]): string => JSON.stringify([...columns].sort());
